/*
 * stat_sections.c - the sections in their order, and what they share.
 */
#include "stat_parts.h"

#include <stdio.h>

#include "base/words.h"

enum { FULL = 0x2588 };

void
stat_number(struct area line, int x, int room, enum style style, uint64_t n)
{
	char text[WORDS_NUMBER];

	canvas_right(line, x, 0, room, style, slice_of(words_number(n, text)));
}

unsigned
stat_percent(uint64_t n, uint64_t of)
{
	return of > 0 ? (unsigned)((double)n * 100.0 / (double)of + 0.5) : 0;
}

/* "27 %" in six columns; something is never 0 %, and not all is never 100 %. */
void
stat_draw_percent(struct area line, int x, enum style style, uint64_t n, uint64_t of)
{
	unsigned p = stat_percent(n, of);
	char text[16];

	if (n > 0 && p == 0)
		snprintf(text, sizeof text, "<1 %%");
	else if (n < of && p == 100)
		snprintf(text, sizeof text, ">99 %%");
	else
		snprintf(text, sizeof text, "%u %%", p);
	canvas_right(line, x, 0, 6, style, slice_of(text));
}

/* A share as a bar: eighths of columns. */
void
stat_draw_share(struct area line, int x, int room, enum style style, uint64_t n, uint64_t of)
{
	int eighths = of > 0 ? (int)((double)n * room * 8 / (double)of + 0.5) : 0;

	if (n > 0 && eighths == 0)
		eighths = 1;
	canvas_fill(line, x, 0, eighths / 8, 1, FULL, style);
	if (eighths % 8 > 0)
		canvas_put(line, x + eighths / 8, 0, 0x2590u - (uint32_t)(eighths % 8), style);
}

enum style
stat_code_style(int code)
{
	return code >= 500 ? STYLE_BAD : code >= 400 ? STYLE_LATER : code < 300 ? STYLE_GOOD : STYLE_PLAIN;
}

const struct stat_section stat_sections[] = {
	{ "Totals", stat_totals_lines, stat_totals_head, stat_totals_draw, NULL },
	{ "Over time", stat_rate_lines, stat_rate_head, stat_rate_draw, NULL },
	{ "Waits for replies", stat_waits_lines, NULL, stat_waits_draw, stat_waits_filter },
	{ "Replies", stat_replies_lines, NULL, stat_replies_draw, stat_replies_filter },
	{ "Refusals", stat_refusals_lines, NULL, stat_refusals_draw, stat_refusals_filter },
	{ "Findings", stat_findings_lines, NULL, stat_findings_draw, stat_findings_filter },
	{ "Clients", stat_clients_lines, stat_hosts_head, stat_clients_draw, stat_clients_filter },
	{ "Servers", stat_servers_lines, stat_hosts_head, stat_servers_draw, stat_servers_filter },
	{ "Senders", stat_senders_lines, stat_mails_head, stat_senders_draw, stat_senders_filter },
	{ "Recipients", stat_recipients_lines, stat_mails_head, stat_recipients_draw, stat_recipients_filter },
	{ "TLS and AUTH, of sessions that are over", stat_security_lines, NULL, stat_security_draw, stat_security_filter },
	{ "Lost", stat_losses_lines, NULL, stat_losses_draw, NULL },
	{ "Memory", stat_memory_lines, NULL, stat_memory_draw, NULL },
};
const size_t nstat_sections = sizeof stat_sections / sizeof stat_sections[0];
