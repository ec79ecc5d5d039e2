/* SPDX-License-Identifier: GPL-2.0-or-later */
/* watch.c - xvif watch: changes of vifs, or of a subtree, as they happen. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "src/base/cleanup.h"
#include "src/commands/commands.h"
#include "src/watch/watch.h"
#include "src/output/output.h"
#include "src/base/signals.h"
#include "src/commands/watch-options.h"
#include "src/commands/watch-print.h"
#include "src/xen/vif-find.h"

const struct option option_count = {
	.name = "count",
	.value = "N",
	.is_number = true,
	.help = "end after N changes",
};
const struct option option_until = {
	.name = "until",
	.value = "CONDITION",
	.help = "end when it holds",
};
const struct option option_no_kernel = {
	.name = "no-kernel",
	.help = "only changes in xenstore",
};

/* Events taken before what they mark is looked at. */
#define EVENTS_MAX 10000

/* How long to wait for the events with which watches begin; daemons send them at once. */
#define BEGIN_MS 500
/* Between two looks at what others keep changing, and between two tries to connect. */
#define PAUSE_MIN_MS 20
#define PAUSE_MAX_MS 1000

struct watch {
	struct context *cx;
	const struct args *args;
	struct events events;
	bool is_tree;
	struct tree_watch tree;
	struct vif_watch vifs;
	struct kernel_watch kernel; /* not started: with a tree, with --no-kernel */
	size_t n_told;		    /* of vifs that are broken */
	bool has_condition;
	struct until until;
	bool is_until_marked;
	unsigned n_left; /* changes to print; 0: no limit */
	int64_t end_ms;	 /* of the time limit; 0: none */
	int signal_fd;
	bool is_done; /* why: */
	bool is_met;  /* what was waited for */
	bool is_timed_out, has_no_reader;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int shorter(int a, int64_t b)
{
	return a < 0 || b < a ? (int)b : a;
}

/*
 * Wait for @fd and the kernel (-1: neither), for a signal, for the reader of the output
 * to go; at most @pause_ms (-1: for ever) and up to the time limit.
 */
static void wait_for(struct watch *w, int fd, int pause_ms)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = w->signal_fd, .events = POLLIN },
		{ .fd = fileno(w->cx->out) },
		{ .fd = fd < 0 ? -1 : kernel_watch_fd(&w->kernel), .events = POLLIN },
	};
	int64_t left = w->end_ms ? w->end_ms - now_ms() : 0;

	if (w->end_ms && left <= 0) {
		w->is_done = w->is_timed_out = true;
		return;
	}
	if (w->end_ms)
		pause_ms = shorter(pause_ms, left > 1000000 ? 1000000 : left);
	if (poll(fds, sizeof(fds) / sizeof(*fds), pause_ms) < 0)
		return;
	w->has_no_reader |= fds[2].revents != 0;
	w->is_done |= fds[1].revents || w->has_no_reader;
}

/* A reader that has gone is no failure: nobody wants more. */
static int flush(struct watch *w, struct error *err)
{
	FILE *out = w->cx->out;

	if (!fflush(out) && !ferror(out))
		return 0;
	if (errno != EPIPE)
		return error_set(err, -ENOSPC, "cannot write the result: %s", strerror(errno));
	__fpurge(out);
	clearerr(out);
	w->is_done = w->has_no_reader = true;
	return 0;
}

static int print_change(const struct watch_change *change, void *data, struct error *err)
{
	struct watch *w = data;
	int r = 0;

	if (w->is_done)
		return 0;
	if (!args_has(w->args, &option_quiet))
		r = watch_print(change, w->args, w->cx->out, err);
	if (!r || r == -EIO)
		r = flush(w, err);
	if (w->n_left && !--w->n_left)
		w->is_done = w->is_met = true;
	return r;
}

static int ignore_change(const struct watch_change *change, void *data, struct error *err)
{
	(void)change, (void)data, (void)err;
	return 0;
}

static int start(struct watch *w, struct error *err)
{
	int r = w->is_tree ? tree_watch_start(&w->tree, &w->events, err) :
			     vif_watch_start(&w->vifs, &w->events, err);

	w->is_until_marked = true;
	return r ? r : until_watch(&w->until, &w->events, err);
}

static int mark(struct watch *w, const struct event *event, struct error *err)
{
	int r = 0;

	if (!strcmp(event->token, UNTIL_TOKEN))
		w->is_until_marked = true;
	else if (w->is_tree)
		r = tree_watch_mark(&w->tree, event->path);
	else
		r = vif_watch_mark(&w->vifs, event->path);
	return r ? error_memory(err) : 0;
}

/* Take the events that are there; for the first, wait. Returns how many, or a negative errno. */
static int read_events(struct watch *w, int timeout_ms, int max, struct error *err)
{
	int n = 0, r = 1;

	while (n < max && r > 0) {
		CLEANUP(event_release) struct event event = { 0 };

		r = events_next(&w->events, timeout_ms, &event, err);
		if (r > 0 && mark(w, &event, err))
			return -ENOMEM;
		n += r > 0;
	}
	return r < 0 ? r : n;
}

/* After the vifs: it is their links that are looked at. */
static int refresh_kernel(struct watch *w, watch_visitor visit, struct error *err)
{
	CLEANUP(cleanup_free) const struct vif **vifs = NULL;
	size_t n = 0;

	vifs = vif_watch_vifs(&w->vifs, &n);
	return vifs ? kernel_watch_refresh(&w->kernel, vifs, n, visit, w, err) : error_memory(err);
}

static int refresh(struct watch *w, watch_visitor visit, struct error *err)
{
	int r = w->is_tree ? tree_watch_refresh(&w->tree, w->cx->store, visit, w, err) :
			     vif_watch_refresh(&w->vifs, w->cx->store, &w->events, visit, w, err);

	for (; w->n_told < w->vifs.told.n; w->n_told++)
		output_message(w->vifs.told.v[w->n_told]);
	return r || w->is_tree ? r : refresh_kernel(w, visit, err);
}

static struct watch_value tree_value(const void *data, const char *path)
{
	return tree_watch_value(data, path);
}

static int check_condition(struct watch *w, struct error *err)
{
	CLEANUP(cleanup_free) const struct vif **vifs = NULL;
	size_t n = 0;
	int r = 0;

	if (!w->has_condition || w->is_done)
		return 0;
	if (w->is_until_marked)
		r = until_read(&w->until, w->cx->store, err);
	if (r)
		return r;
	w->is_until_marked = false;
	vifs = vif_watch_vifs(&w->vifs, &n);
	if (!vifs)
		return error_memory(err);
	w->is_met = until_holds(&w->until, vifs, n, &w->kernel, tree_value, &w->tree);
	w->is_done |= w->is_met;
	return 0;
}

/*
 * Set the watches, then look: with @visit, at what is not as it was. The events
 * with which watches begin are waited for, else everything would be read twice.
 */
static int begin(struct watch *w, watch_visitor visit, struct error *err)
{
	int r = start(w, err), n_watches = w->is_tree ? 1 : 2;

	if (!r)
		r = read_events(w, BEGIN_MS, n_watches, err);
	if (r >= 0)
		r = read_events(w, 0, EVENTS_MAX, err);
	if (r >= 0)
		r = refresh(w, visit, err);
	/* changes that the look has seen half of have been told on this connection by now */
	if (!r)
		r = read_events(w, 0, EVENTS_MAX, err);
	if (r >= 0)
		r = refresh(w, visit ? visit : ignore_change, err);
	return r ? r : check_condition(w, err);
}

static bool is_marked(const struct watch *w)
{
	return !w->is_tree && (vif_watch_is_marked(&w->vifs) || w->kernel.is_marked);
}

static int step(struct watch *w, struct error *err)
{
	int r = read_events(w, 0, EVENTS_MAX, err);

	if (!r) {
		wait_for(w, events_fd(&w->events), is_marked(w) ? PAUSE_MIN_MS : -1);
		r = w->is_done ? 0 : read_events(w, 0, EVENTS_MAX, err);
	}
	if (r < 0 || w->is_done)
		return r < 0 ? r : 0;
	r = kernel_watch_mark(&w->kernel, err);
	if (!r)
		r = refresh(w, print_change, err);
	return r ? r : check_condition(w, err);
}

/* Does it mean that the daemon is gone, or does not answer as it should? */
static bool is_lost(int r)
{
	return r == -EIO || r == -ENOTCONN || r == -ECONNRESET || r == -EPIPE || r == -EPROTO ||
	       r == -ETIMEDOUT || r == -ECONNREFUSED || r == -ECONNABORTED;
}

static int tell_gap(struct watch *w, bool is_begin, const char *text, struct error *err)
{
	int r = 0;

	output_message(text);
	if (!args_has(w->args, &option_quiet))
		r = watch_print_gap(is_begin, w->args, w->cx->out, err);
	return r && r != -EIO ? r : flush(w, err);
}

static int tell_lost(struct watch *w, struct error *err)
{
	char text[sizeof(err->text) + 64];

	snprintf(text, sizeof(text), "%s; waiting for xenstored", err->text);
	return tell_gap(w, true, text, err);
}

/* It is back: compare what it knows with what was known. */
static int go_on(struct watch *w, int64_t lost_ms, struct error *err)
{
	char text[80];
	int r;

	snprintf(text, sizeof(text),
		 "xenstored is back after %lld s; what changed since then follows",
		 (long long)(now_ms() - lost_ms + 500) / 1000);
	r = tell_gap(w, false, text, err);
	return r ? r : begin(w, print_change, err);
}

static int bridge_gap(struct watch *w, struct error *err)
{
	int pause_ms = PAUSE_MIN_MS, r = tell_lost(w, err);
	int64_t lost_ms = now_ms();

	while (!r && !w->is_done) {
		wait_for(w, -1, pause_ms);
		pause_ms = pause_ms * 2 > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause_ms * 2;
		if (w->is_done || events_reopen(&w->events, err) || store_reopen(w->cx->store, err))
			continue;
		r = go_on(w, lost_ms, err);
		if (!is_lost(r))
			return r;
		r = tell_lost(w, err);
	}
	return r;
}

static int follow(struct watch *w, struct error *err)
{
	int r = 0;

	while (!r && !w->is_done) {
		r = step(w, err);
		if (is_lost(r))
			r = bridge_gap(w, err);
	}
	return r;
}

/* Where it must be there, say so at once if it is not. */
static int find_domain(struct watch *w, struct error *err)
{
	CLEANUP(vif_release) struct vif vif = { 0 };
	struct vif_watch *vifs = &w->vifs;
	int r;

	vifs->domain_word = w->args->words[0];
	vifs->vif_word = w->args->n_words > 1 ? w->args->words[1] : args_text(w->args, &option_vif);
	if (w->has_condition)
		return 0;
	r = domain_find(w->cx->store, vifs->domain_word, &vifs->target, err);
	if (r)
		return r;
	vifs->has_target = vifs->is_here = true;
	if (vifs->vif_word) {
		r = vif_find(w->cx->store, &vifs->target, vifs->vif_word, &vif, err);
		vifs->has_devid = !r;
		vifs->devid = vif.devid;
	}
	return r;
}

/* A path, without slashes at its end. */
static int find_path(struct watch *w, char **root_out, struct error *err)
{
	const char *word = w->args->words[0], *vif = args_text(w->args, &option_vif);
	size_t len = strlen(word);

	if (*word != '/')
		return error_status(err, STATUS_USAGE, -EINVAL, "%s: a path begins with '/'", word);
	if (w->args->n_words > 1 || vif)
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "watch: '%s' makes no sense with a path",
				    vif ? vif : w->args->words[1]);
	while (len > 1 && word[len - 1] == '/')
		len--;
	*root_out = strndup(word, len);
	if (args_has(w->args, &option_no_kernel))
		return error_status(err, STATUS_USAGE, -EINVAL,
				    "watch: --no-kernel makes no sense with a path");
	w->is_tree = true;
	w->tree.root = *root_out;
	return *root_out ? 0 : error_memory(err);
}

static int find_watched(struct watch *w, char **root_out, struct error *err)
{
	const struct args *args = w->args;
	bool is_path = args->n_words && strchr(args->words[0], '/');
	int r = is_path ? find_path(w, root_out, err) : 0;

	w->has_condition = args_has(args, &option_until);
	if (!r && w->has_condition)
		r = until_parse(args_text(args, &option_until), *root_out, &w->until, err);
	if (!r && w->until.is_of_kernel && args_has(args, &option_no_kernel))
		r = error_status(err, STATUS_USAGE, -EINVAL,
				 "watch: --until asks for what --no-kernel leaves out");
	if (!r && args->n_words && !is_path)
		r = find_domain(w, err);
	return r;
}

static void tell_begin(const struct watch *w)
{
	const char *word = w->args->n_words ? w->args->words[0] : "all domains";
	bool is_there = w->is_tree ? w->tree.n > 0 : !w->vifs.domain_word || w->vifs.is_here;
	char text[512];

	if (is_there && !args_has(w->args, &option_verbose))
		return;
	snprintf(text, sizeof(text),
		 is_there ? "%.400s: watching" : "%.400s: not there yet, waiting", word);
	output_message(text);
}

/* An end that comes too early is a failure only where something was waited for. */
static int end(const struct watch *w, struct error *err)
{
	const char *until = args_text(w->args, &option_until);
	unsigned count = args_number(w->args, &option_count), n = count - w->n_left;
	const char *why = w->has_no_reader ? "its reader went" : "ended by a signal";

	if (w->is_met)
		return 0;
	if (w->has_condition && w->is_timed_out)
		return error_set(err, -ETIMEDOUT, "watch: '%s' did not hold within %u s", until,
				 w->args->timeout_s);
	if (w->has_condition)
		return error_set(err, -EINTR, "watch: %s before '%s' held", why, until);
	if (count && w->is_timed_out)
		return error_set(err, -ETIMEDOUT, "watch: %u of %u changes within %u s", n, count,
				 w->args->timeout_s);
	if (count)
		return error_set(err, -EINTR, "watch: %s after %u of %u changes", why, n, count);
	return 0;
}

static int watch(struct watch *w, struct error *err)
{
	CLEANUP(cleanup_free) char *root = NULL;
	int r = find_watched(w, &root, err);

	if (!r)
		r = events_open(&w->events, w->cx->store->is_device, w->args->timeout_s, err);
	if (!r && !w->is_tree && !args_has(w->args, &option_no_kernel))
		r = kernel_watch_start(&w->kernel, err);
	if (!r)
		r = begin(w, NULL, err);
	if (!r)
		tell_begin(w);
	if (!r)
		r = follow(w, err);
	tree_watch_release(&w->tree);
	kernel_watch_release(&w->kernel);
	vif_watch_release(&w->vifs);
	until_release(&w->until);
	events_close(&w->events);
	return r;
}

static int run_watch(struct context *cx, const struct args *args, struct error *err)
{
	CLEANUP(signals_release) struct signals signals = { 0 };
	struct watch w = {
		.cx = cx,
		.args = args,
		.events.wire.fd = -1,
		.n_left = args_number(args, &option_count),
		.end_ms = args_has(args, &option_timeout) ? now_ms() + args->timeout_s * 1000ll : 0,
	};
	int r;

	signals_hold(&signals);
	w.signal_fd = signals_fd();
	r = watch(&w, err);
	signals_clear();
	close(w.signal_fd);
	return r ? r : end(&w, err);
}

const struct command cmd_watch = {
	.name = "watch",
	.summary = "print changes as they happen",
	.help = "Print a line for each change of the vifs of all domains, of one domain, or of one vif:\n"
		"its addresses, state, hotplug-status and other nodes, vifs that appear and vanish.\n"
		"So are changes that anybody makes in the kernel, unless --no-kernel is given: 'link'\n"
		"(up, down, none), 'master' (the bridge), 'address' and 'route' of the vif's link, the\n"
		"same with 'emulated-' of its emulated card's; what is undone at once may not be seen.\n"
		"A domain is followed when it reboots. A word with a '/' is a path in xenstore: every\n"
		"change there and below is printed. A restart of xenstored is reported and survived.\n"
		"\n"
		"Ends after --count changes, or when the condition of --until holds, at once if it does\n"
		"already. Ends, too, after --timeout seconds, by a signal, or when nobody reads its\n"
		"output any more: with exit status 1 if it had a count or a condition to wait for, else\n"
		"0. CONDITION is one or more of these, with ' and ' between them:\n"
		"  NODE=VALUE        every watched vif has it, and there is one: state=connected,\n"
		"                    hotplug-status=connected, mac=..., ip=LIST; any:NODE=VALUE: one has it\n"
		"  NODE!=VALUE       no watched vif has it; any:NODE!=VALUE: one has it not\n"
		"  ip~ADDRESS        a watched vif has the address or network; ip!~ADDRESS: none has\n"
		"  link=up           the same for up, down, none; master=BRIDGE, !=, any: likewise\n"
		"  route~ADDRESS     the kernel routes it to a watched vif; route!~ADDRESS: to none\n"
		"                    (of a vif whose backend is in another domain no such test holds)\n"
		"  gone              there is no watched vif, or nothing at the watched path\n"
		"  PATH=VALUE, PATH!=VALUE, PATH, !PATH\n"
		"                    a node of xenstore has the value, has it not, is there, is not there;\n"
		"                    where a path is watched also the name of a node below it",
	.example = "# xvif watch -v --count 2 web01 &\n"
		   "xvif: web01: watching\n"
		   "# xvif add-ip web01 10.0.0.5\n"
		   "web01 vif 0: 10.0.0.1 10.0.0.2 +10.0.0.5\n"
		   "# wait\n"
		   "2026-11-25 04:20:02 web01 vif 0: route: (none) -> 10.0.0.5 dev vif1.0 src 192.168.7.1 metric 2\n"
		   "2026-11-25 04:20:02 web01 vif 0: ip: 10.0.0.1 10.0.0.2 +10.0.0.5\n"
		   "# xvif watch web01 --until state=connected && echo it is up\n"
		   "it is up",
	.arguments = { ARG_TARGET, ARG_VIF },
	.options = OPTIONS(&option_vif, &option_count, &option_until, &option_no_kernel),
	.needs_store = true,
	.output = OUTPUT_CHANGES,
	.run = run_watch,
};
