/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit.c - an edit of one vif from end to end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "src/edit/apply.h"
#include "src/base/cleanup.h"
#include "src/base/system-log.h"
#include "src/edit/edit.h"
#include "src/edit/repair.h"
#include "src/base/signals.h"
#include "src/xen/vif-find.h"

int edit_add(const struct iplist *before, const struct iplist *named, struct iplist *after,
	     struct error *err)
{
	int r = iplist_copy(before, after, err);

	for (size_t i = 0; i < named->n && !r; i++)
		r = iplist_add(after, &named->words[i].net, err);
	return r;
}

int edit_remove(const struct iplist *before, const struct iplist *named, struct iplist *after,
		struct error *err)
{
	int r = iplist_copy(before, after, err);

	for (size_t i = 0; i < named->n && !r; i++)
		iplist_remove(after, &named->words[i].net);
	return r;
}

int edit_set(const struct iplist *before, const struct iplist *named, struct iplist *after,
	     struct error *err)
{
	int r = iplist_copy(named, after, err);

	return r ? r : iplist_keep_words(after, before, err);
}

/* Who logged in (pam_loginuid), in words: the kernel has it only with audit. */
static void read_loginuid(char out[16])
{
	int fd = open("/proc/self/loginuid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, out, 15) : -1;

	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = '\0';
	if (!*out)
		strcpy(out, "unknown");
	else if (!strcmp(out, "4294967295"))
		strcpy(out, "-1");
}

/* Who did what; an edit that is not in the log is none that failed. */
static void log_change(const struct vif *vif, const struct survey *s, int r,
		       const struct error *err, struct strv *warnings)
{
	CLEANUP(cleanup_free) char *before = iplist_format(&s->before);
	CLEANUP(cleanup_free) char *after = iplist_format(&s->after);
	CLEANUP(cleanup_free) char *line = NULL;
	char loginuid[16];
	int code;

	read_loginuid(loginuid);
	if (!before || !after ||
	    asprintf(&line, "uid %u loginuid %s: domain %u vif %u: before '%s', after '%s': %s",
		     (unsigned)getuid(), loginuid, vif->domain.domid, vif->devid, before, after,
		     r ? err->text : "done") < 0)
		line = NULL;
	code = line ? system_log(r ? LOG_ERR : LOG_NOTICE, line) : -ENOMEM;
	if (code)
		strv_add(warnings, "this edit is not in the log of this host: /dev/log: %s",
			 strerror(-code));
}

static int apply(struct store *st, struct edit *e, const struct steps *steps,
		 const struct edit_request *request, const struct lock *lock, struct error *err)
{
	const struct survey *s = &e->survey;
	int r = apply_steps(st, s, steps, lock, request->listener, &e->warnings, &e->is_done, err);

	if (r == -EINTR)
		signals_clear();
	if (r != -EAGAIN && survey_is_change(s))
		log_change(s->vif, s, r, err, &e->warnings);
	return r;
}

/* Plan or do what the survey found. */
static int carry_out(struct store *st, struct edit *e, const struct edit_request *request,
		     const struct lock *lock, struct error *err)
{
	CLEANUP(steps_release) struct steps steps = { 0 };
	int r = steps_make(st, &e->survey, &e->config, &steps, err);

	if (r)
		return r;
	return e->survey.options->dry_run ? steps_describe(&steps, &e->survey, &e->plan, err) :
					    apply(st, e, &steps, request, lock, err);
}

/* Finish or undo an edit of this vif that was interrupted; -EAGAIN: done, load the vif anew. */
static int recover(struct store *st, const struct edit_request *request, const struct vif *vif,
		   const struct lock *lock, struct strv *warnings, struct error *err)
{
	const struct apply_options options = {
		.timeout_s = request->options.timeout_s,
		.no_persist = request->options.no_persist,
	};
	CLEANUP(journal_release) struct journal journal = { 0 };
	CLEANUP(repair_release) struct repair repair = { 0 };
	int r = journal_read(st, vif, &journal, err);

	if (r || (!journal.is_there && !journal.is_stale))
		return r;
	r = journal.is_there ? repair_look(st, vif, &options, &repair, err) : 0;
	if (!r)
		r = journal.is_there ?
			    repair_do(st, &repair, lock, request->listener, warnings, err) :
			    journal_remove(st, vif, err);
	return r ? r : -EAGAIN;
}

/* A dry run cannot tell what the list will be when recover() is done. */
static int note_interrupted(struct store *st, const struct vif *vif, struct strv *notes,
			    struct error *err)
{
	CLEANUP(journal_release) struct journal journal = { 0 };
	int r = journal_read(st, vif, &journal, err);

	if (r || !journal.is_there)
		return r;
	return strv_add(notes, "an interrupted edit of this vif is finished or undone first, see "
			       "'xvif repair --dry-run'") ?
		       error_memory(err) :
		       0;
}

static int check_expected(const struct vif *vif, const struct edit_done *expected, struct error *err)
{
	CLEANUP(cleanup_free) char *now = iplist_format(&vif->ips);
	const char *uuid = vif->domain.uuid ? vif->domain.uuid : "";
	bool is_same = !strcmp(uuid, expected->uuid);

	if (!now)
		return error_memory(err);
	if (is_same && !strcmp(now, expected->after))
		return 0;
	if (is_same)
		error_set(err, -EBUSY, "%s: somebody else has changed it since", vif->backend);
	else
		error_set(err, -EBUSY, "domid %u belongs to another domain now", vif->domain.domid);
	error_hint(err, "nothing was changed");
	return -EBUSY;
}

static bool has_word(const struct iplist *list, const struct ipword *word)
{
	for (size_t i = 0; i < list->n; i++)
		if (ipword_equal(&list->words[i], word))
			return true;
	return false;
}

/* The file gets the list of the vif: what only the file had is lost. */
static int prepare_config(const struct edit_request *request, const struct iplist *after,
			  struct edit *e, struct error *err)
{
	const struct iplist *listed = &e->config.listed;
	int r = config_edit_prepare(&e->config, request->config, &e->vif, after,
				    !request->has_no_backup, err);

	for (size_t i = 0; i < listed->n && !r; i++)
		if (!has_word(&e->vif.ips, &listed->words[i]) && !has_word(after, &listed->words[i]) &&
		    strv_add(&e->survey.notes, "%s has %s, which the vif does not have: %s",
			     e->config.path, listed->words[i].text,
			     e->options.dry_run ? "it would be removed there" : "it is removed there"))
			r = error_memory(err);
	return r;
}

/* One attempt under the lock: load, make the list, apply it. */
static int attempt(struct store *st, const struct edit_request *request, const struct vif *found,
		   const struct lock *lock, struct edit *e, struct error *err)
{
	CLEANUP(iplist_release) struct iplist after = { 0 };
	int r = vif_read(st, 0, &found->domain, found->devid, &e->vif, err);

	e->options = request->options;
	if (!r && !e->options.dry_run)
		r = recover(st, request, &e->vif, lock, &e->warnings, err);
	if (!r && request->expected)
		r = check_expected(&e->vif, request->expected, err);
	if (!r)
		r = request->make(&e->vif.ips, request->named, &after, err);
	if (!r)
		r = survey_read(st, &e->vif, &after, &e->options, &e->survey, err);
	if (!r && e->options.dry_run)
		r = note_interrupted(st, &e->vif, &e->survey.notes, err);
	if (!r && request->config)
		r = prepare_config(request, &after, e, err);
	if (!r && request->announce)
		r = request->announce(e, request->data, err);
	return r ? r : carry_out(st, e, request, lock, err);
}

void edit_release(struct edit *e)
{
	strv_release(&e->plan);
	strv_release(&e->warnings);
	config_edit_release(&e->config);
	survey_release(&e->survey);
	vif_release(&e->vif);
	*e = (struct edit){ 0 };
}

static int find_vif(struct store *st, const struct edit_request *request, struct vif *out,
		    struct error *err)
{
	CLEANUP(domain_release) struct domain domain = { 0 };
	int r = domain_find(st, request->domain, &domain, err);

	return r ? r : vif_find(st, &domain, request->vif, out, err);
}

#define ATTEMPTS 10

int edit_run(struct store *st, const struct edit_request *request, struct edit *out, struct error *err)
{
	CLEANUP(vif_release) struct vif found = { 0 };
	CLEANUP(signals_release) struct signals held = { 0 };
	CLEANUP(lock_release) struct lock lock = { 0 };
	int r = find_vif(st, request, &found, err);

	if (!r)
		r = lock_vif(&lock, found.domain.domid, found.devid, request->options.timeout_s, err);
	if (r)
		return r;
	signals_hold(&held);
	r = -EAGAIN;
	for (int i = 0; i < ATTEMPTS && r == -EAGAIN; i++) {
		edit_release(out);
		r = attempt(st, request, &found, &lock, out, err);
	}
	return r;
}
