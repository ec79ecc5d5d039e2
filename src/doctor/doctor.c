/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor.c - runs the probes and gathers what they find. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/array.h"
#include "src/doctor/doctor.h"

static const struct {
	const char *name;
	void (*look)(const struct facts *facts, struct findings *out);
} probes[] = {
#define ROW(function, name, what) { name, look_at_##function },
	PROBES(ROW)
};

#define N_PROBES (sizeof(probes) / sizeof(*probes))

void doctor_run(const struct facts *facts, bool (*is_wanted)(const char *name, const void *data),
		const void *data, bool is_to_fix, struct findings *out)
{
	*out = (struct findings){ .is_to_fix = is_to_fix };
	for (size_t i = 0; i < N_PROBES; i++) {
		out->name = probes[i].name;
		if (is_wanted(out->name, data))
			probes[i].look(facts, out);
	}
}

bool doctor_knows(const char *name)
{
	for (size_t i = 0; i < N_PROBES; i++)
		if (!strcmp(probes[i].name, name))
			return true;
	return false;
}

const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return "ok";
	case VERDICT_NOTE:
		return "note";
	case VERDICT_BAD:
		return "bad";
	}
	return "";
}

void finding_add(struct findings *out, enum verdict verdict, const char *format, ...)
{
	struct finding *v = array_grow(out->v, out->n, sizeof(*v));
	va_list ap;
	int n;

	if (!v) {
		out->has_failed = true;
		return;
	}
	out->v = v;
	v[out->n] = (struct finding){ .name = out->name, .verdict = verdict };
	va_start(ap, format);
	n = vasprintf(&v[out->n].detail, format, ap);
	va_end(ap);
	if (n < 0)
		out->has_failed = true;
	else
		out->n++;
}

void findings_release(struct findings *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		free(findings->v[i].detail);
	free(findings->v);
	*findings = (struct findings){ 0 };
}

void some_add(struct some *some, const char *name)
{
	size_t len = strlen(some->text);

	if (some->n < SOME_MAX)
		snprintf(some->text + len, sizeof(some->text) - len, "%s%.30s", some->n ? ", " : "",
			 name);
	some->n++;
}

const char *some_text(struct some *some)
{
	size_t len = strlen(some->text), more = some->n > SOME_MAX ? some->n - SOME_MAX : 0;

	if (more)
		snprintf(some->text + len, sizeof(some->text) - len, " and %zu more", more);
	return some->text;
}
