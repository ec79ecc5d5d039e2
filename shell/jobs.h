/* SPDX-License-Identifier: GPL-2.0-or-later */
/* jobs.h - watches behind the prompt. */
#ifndef XVIF_JOBS_H
#define XVIF_JOBS_H

#include "shell/invocation.h"

/* Start a watch; what it prints is read from session->jobs[].fd. Returns 0 or a negative errno. */
int job_start(struct session *session, struct invocation *invocation, struct error *err);

/* End it, and forget it. */
void job_end(struct session *session, size_t i);

/* End those that session->state.unwatch names. */
void jobs_end_unwatched(struct session *session);

#endif
