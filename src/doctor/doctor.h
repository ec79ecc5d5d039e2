/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doctor.h - what is looked at on a host, and what was found. Each finding has
 * a section in xvif-doctor(8).
 */
#ifndef XVIF_DOCTOR_H
#define XVIF_DOCTOR_H

#include "src/doctor/doctor-facts.h"
#include "src/doctor/doctor-findings.h"

enum verdict {
	VERDICT_OK,
	VERDICT_NOTE, /* worth knowing; may be meant so */
	VERDICT_BAD,
};

struct finding {
	const char *name; /* static */
	enum verdict verdict;
	char *detail;
	bool is_fixable; /* --fix mends it */
};

struct findings {
	struct finding *v;
	size_t n;
	const char *name; /* of the probe that is looking */
	bool is_to_fix;
	bool has_changed; /* a file was mended */
	bool has_failed;  /* memory was short */
};

/*
 * doctor_run - look at all that @is_wanted says, and with @is_to_fix mend what can be.
 * @out: release with findings_release()
 */
void doctor_run(const struct facts *facts, bool (*is_wanted)(const char *name, const void *data),
		const void *data, bool is_to_fix, struct findings *out);
void findings_release(struct findings *findings);

const char *verdict_name(enum verdict verdict);

/* Is there a probe of this name? */
bool doctor_knows(const char *name);

/* For probes: append a finding, in one line that says what it means and what to do. */
void finding_add(struct findings *out, enum verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
#define ok(out, ...) finding_add(out, VERDICT_OK, __VA_ARGS__)
#define note(out, ...) finding_add(out, VERDICT_NOTE, __VA_ARGS__)
#define bad(out, ...) finding_add(out, VERDICT_BAD, __VA_ARGS__)

/* Names for a sentence: "vif1.0, vif2.0 and 7 others". */
struct some {
	char text[160];
	size_t n;
};

#define SOME_MAX 4

void some_add(struct some *some, const char *name);

/* The text with how many more there are. */
const char *some_text(struct some *some);

#define DECLARE_PROBE(function, name, what) \
	void look_at_##function(const struct facts *facts, struct findings *out);
PROBES(DECLARE_PROBE)
#undef DECLARE_PROBE

#endif
