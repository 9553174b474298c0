#include "sinks.h"

#include "formats.h"

const struct sink_format sink_formats[] = {
	{ .name = "text", .summary = "transcripts, each session when it ends", .messages = true, .open = text_open },
	{ .name = "lines", .summary = "each step as it happens, a line each", .messages = true, .open = lines_open },
	{ .name = "log", .summary = "a line for each recipient, as a mail server would log it", .open = log_open },
	{ .name = "json", .summary = "JSON Lines: a record for each message, session and attempt", .messages = true, .open = json_open },
	{ .name = "events", .summary = "JSON Lines: every event as it happens", .messages = true, .open = events_open },
	{ .name = "eml", .summary = "a directory with each message's exact bytes, and a manifest", .is_directory = true,
	  .contents = true, .open = eml_open },
	{ .name = "parts", .summary = "a directory with each attached file, and a manifest", .is_directory = true, .parts = true,
	  .contents = true, .open = parts_open },
	{ .name = "mbox", .summary = "whole messages as one mailbox (mboxrd)", .contents = true, .open = mbox_open },
	{ .name = "fields", .summary = "a line with the fields that -e names, for each message (--rows)", .columns = columns_of_fields, .open = fields_open },
	{ .name = "csv", .summary = "the same for spreadsheets, with names in the first line", .columns = columns_of_csv, .open = csv_open },
	{ .name = "stats", .summary = "a page of figures at the end", .statistics = "summary", .figures = true, .open = stats_open },
	{ .name = "metrics", .summary = "counters and waits in OpenMetrics' text format", .figures = true, .open = metrics_open },
	{ .name = NULL }
};

/* What the manual's plan names and this build does not have. */
static const char *const planned_formats[] = {
	"explain", "html", "eve", "zeek", "ecs", NULL
};
static const char *const planned_statistics[] = {
	"latency", "replies", "hosts", "senders", "recipients", "tls", "auth", "findings", "retries", "journeys",
	"deliverability", NULL
};

static bool
is_listed(const char *const *list, slice name)
{
	for (; *list != NULL; list++)
		if (slice_eq(name, slice_of(*list)))
			return true;
	return false;
}

const struct sink_format *
sink_format_find(slice name)
{
	for (const struct sink_format *f = sink_formats; f->name != NULL; f++)
		if (slice_eq(name, slice_of(f->name)))
			return f;
	return NULL;
}

const struct sink_format *
sink_statistics_find(slice name)
{
	for (const struct sink_format *f = sink_formats; f->name != NULL; f++)
		if (f->statistics != NULL && slice_eq(name, slice_of(f->statistics)))
			return f;
	return NULL;
}

bool
sink_format_is_planned(slice name)
{
	return sink_format_find(name) == NULL && is_listed(planned_formats, name);
}

bool
sink_statistics_is_planned(slice name)
{
	return sink_statistics_find(name) == NULL && is_listed(planned_statistics, name);
}
