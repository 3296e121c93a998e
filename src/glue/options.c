/* SPDX-License-Identifier: BSD-2-Clause */
#include "glue/options.h"

#include <syslog.h>

static const char *const log_choices[] = { "auto", "syslog", "stderr", NULL };
static const char *const level_choices[] = { "error", "warning", "notice", "info",
	"debug", NULL };
static const char *const facility_choices[] = { "mail", "daemon", "user", "local0",
	"local1", "local2", "local3", "local4", "local5", "local6", "local7", NULL };
static const int facility_number[] = { LOG_MAIL, LOG_DAEMON, LOG_USER, LOG_LOCAL0,
	LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4, LOG_LOCAL5, LOG_LOCAL6,
	LOG_LOCAL7 };

#define AT(member) offsetof(struct common_options, member)

/* clang-format off */
static const struct config_row row[] = {
	{ "socket", CONFIG_TEXT, AT(socket), "", 0, 0, NULL,
	  "where the MTA connects: unix:PATH, inet:PORT@HOST, inet6:PORT@HOST or fd:N; without HOST: loopback" },
	{ "socket-mode", CONFIG_MODE, AT(socket_mode), "0660", 0, 0, NULL,
	  "permissions of a unix socket" },
	{ "socket-group", CONFIG_TEXT, AT(socket_group), "", 0, 0, NULL,
	  "group of a unix socket, so that the MTA's user may connect" },
	{ "pid-file", CONFIG_TEXT, AT(pid_file), "", 0, 0, NULL,
	  "file for the number of the process, in a folder that is root's alone" },
	{ "user", CONFIG_TEXT, AT(user), "", 0, 0, NULL,
	  "user to become when started as root" },
	{ "allow-root", CONFIG_BOOL, AT(allow_root), "no", 0, 0, NULL,
	  "run as root all the same" },
	{ "log", CONFIG_CHOICE, AT(log), "auto", 0, 0, log_choices,
	  "where log lines go; auto: stderr with -f, else syslog" },
	{ "log-level", CONFIG_CHOICE, AT(log_level), "info", 0, 0, level_choices,
	  "the least important lines that are still logged" },
	{ "syslog-facility", CONFIG_CHOICE, AT(syslog_facility), "mail", 0, 0, facility_choices,
	  "facility of lines to syslog" },
	{ "summary-interval", CONFIG_SECONDS, AT(summary_interval), "300", 0, 86400, NULL,
	  "time between summary lines; 0: only one at exit" },
	{ "drain-timeout", CONFIG_SECONDS, AT(drain_timeout), "20", 0, 3600, NULL,
	  "how long messages under way may take to end after SIGTERM" },
	{ "max-delayed", CONFIG_NUMBER, AT(max_delayed), "50", 0, 10000, NULL,
	  "how many sessions may be held up on purpose at one time" },
	{ "metrics-file", CONFIG_PATH, AT(metrics_file), "", 0, 0, NULL,
	  "file of figures for Prometheus, through node_exporter's textfile collector" },
	{ "metrics-interval", CONFIG_SECONDS, AT(metrics_interval), "15", 1, 86400, NULL,
	  "time between two writes of that file" },
};
/* clang-format on */

const struct config_table common_options_table = { row, sizeof row / sizeof row[0] };

int
option_facility(const struct common_options *o)
{
	return facility_number[o->syslog_facility];
}
