/* SPDX-License-Identifier: GPL-2.0-or-later */
/* system-log.h - a line for this host's log, of which is known whether it was taken. */
#ifndef XVIF_SYSTEM_LOG_H
#define XVIF_SYSTEM_LOG_H

/*
 * system_log - as syslog(3), which drops a line without a word.
 * @priority: LOG_NOTICE, ...; the facility is LOG_DAEMON
 * Returns 0, also where there is no /dev/log: then this host keeps no such log; or a
 * negative errno.
 */
int system_log(int priority, const char *text);

#endif
