/*
 * stat_names.c - the most frequent hosts, addresses, refusals and findings.
 */
#include "stat_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "tui/widgets/sheet.h"

/* --- the most frequent names --- */

enum { NAME_COUNT = 11, NAME_FAILED = 7, NAME_BYTES = 12 };

static int
names_lines(const struct stat_page *p, enum figures_list list)
{
	int n = (int)p->f->ntop[list];

	return n == 0 ? 0 : (n < p->names ? n : p->names) + (p->f->names[list] > (uint64_t)p->names || p->f->more[list]);
}

static void
draw_more(const struct stat_page *p, enum figures_list list, struct area line)
{
	char text[96], digits[WORDS_NUMBER];
	uint64_t more = p->f->names[list] - (uint64_t)p->names;

	if (p->f->more[list])
		snprintf(text, sizeof text, "and more than %s others; ~ counts may hold some of theirs", words_number(more, digits));
	else
		snprintf(text, sizeof text, "and %s more", words_number(more, digits));
	canvas_words(line, 1, 0, STYLE_DIM, text);
}

static void
names_draw(const struct stat_page *p, enum figures_list list, int n, struct area line)
{
	const struct figures_name *name = &p->f->top[list][n];
	int x = line.width - NAME_BYTES - 1 - NAME_FAILED - NAME_COUNT;
	char text[WORDS_NUMBER + 2], digits[WORDS_NUMBER];

	if (n >= p->names) {
		draw_more(p, list, line);
		return;
	}
	canvas_text(line, 1, 0, x - 2, STYLE_LINK, (slice){ (const uint8_t *)name->name, name->n });
	snprintf(text, sizeof text, "%s%s", name->error > 0 ? "~" : "", words_number(name->count, digits));
	canvas_right(line, x, 0, NAME_COUNT, STYLE_PLAIN, slice_of(text));
	if (name->failed > 0)
		stat_draw_percent(line, x + NAME_COUNT + NAME_FAILED - 6, 2 * name->failed >= name->count ? STYLE_BAD : STYLE_LATER,
		    name->failed, name->count);
	stat_number(line, line.width - NAME_BYTES - 1, NAME_BYTES, STYLE_DIM, name->bytes);
}

static void
names_head(struct area line, const char *count)
{
	int x = line.width - NAME_BYTES - 1 - NAME_FAILED - NAME_COUNT;

	canvas_fill(line, x - 1, 0, line.width - x + 1, 1, ' ', STYLE_PLAIN);
	canvas_right(line, x, 0, NAME_COUNT, STYLE_DIM, slice_of(count));
	canvas_right(line, x + NAME_COUNT, 0, NAME_FAILED, STYLE_DIM, S("failed"));
	canvas_right(line, line.width - NAME_BYTES - 1, 0, NAME_BYTES, STYLE_DIM, S("bytes"));
}

/* In quotes, if it is one that a filter can say. */
static bool
quote(struct buf *out, const char *field, const struct figures_name *name)
{
	buf_printf(out, "%s == \"", field);
	for (size_t i = 0; i < name->n; i++) {
		if (name->name[i] == '"' || name->name[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, (uint8_t)name->name[i]);
	}
	buf_add_byte(out, '"');
	return name->n < FIGURES_NAME - 1;
}

static bool
names_filter(const struct stat_page *p, enum figures_list list, int n, const char *field, struct buf *out)
{
	return n < p->names && quote(out, field, &p->f->top[list][n]);
}

int stat_clients_lines(const struct stat_page *p) { return names_lines(p, TOP_CLIENTS); }
void stat_clients_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_CLIENTS, n, line); }
int stat_servers_lines(const struct stat_page *p) { return names_lines(p, TOP_SERVERS); }
void stat_servers_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_SERVERS, n, line); }
int stat_senders_lines(const struct stat_page *p) { return names_lines(p, TOP_SENDERS); }
void stat_senders_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_SENDERS, n, line); }
int stat_recipients_lines(const struct stat_page *p) { return names_lines(p, TOP_RECIPIENTS); }
void stat_recipients_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_RECIPIENTS, n, line); }

static bool
address_filter(const struct stat_page *p, enum figures_list list, int n, const char *field, struct buf *out)
{
	return n < p->names && buf_printf(out, "%s == %s", field, p->f->top[list][n].name);
}

bool
stat_clients_filter(const struct stat_page *p, int n, struct buf *out)
{
	return address_filter(p, TOP_CLIENTS, n, "client.ip", out);
}

bool
stat_servers_filter(const struct stat_page *p, int n, struct buf *out)
{
	return address_filter(p, TOP_SERVERS, n, "server.ip", out);
}

bool
stat_senders_filter(const struct stat_page *p, int n, struct buf *out)
{
	if (n < p->names && strcmp(p->f->top[TOP_SENDERS][n].name, "<>") == 0)
		return buf_text(out, "smtp.null_sender");
	return names_filter(p, TOP_SENDERS, n, "smtp.mail_from", out);
}

bool
stat_recipients_filter(const struct stat_page *p, int n, struct buf *out)
{
	return names_filter(p, TOP_RECIPIENTS, n, "smtp.rcpt.address", out);
}

void stat_hosts_head(const struct stat_page *p, struct area line) { (void)p; names_head(line, "connections"); }
void stat_mails_head(const struct stat_page *p, struct area line) { (void)p; names_head(line, "messages"); }

/* --- refusals --- */

int
stat_refusals_lines(const struct stat_page *p)
{
	return names_lines(p, TOP_REFUSALS);
}

struct refusal { slice verb, code, enhanced, text; };

static struct refusal
refusal_at(const struct stat_page *p, int n)
{
	const struct figures_name *name = &p->f->top[TOP_REFUSALS][n];
	struct refusal r;
	slice rest, codes;

	slice_cut((slice){ (const uint8_t *)name->name, name->n }, '\t', &r.verb, &rest);
	slice_cut(rest, '\t', &codes, &r.text);
	slice_cut(codes, ' ', &r.code, &r.enhanced);
	return r;
}

void
stat_refusals_draw(const struct stat_page *p, int n, struct area line)
{
	struct refusal r;
	uint64_t code = 0;
	enum style style;

	if (n >= p->names) {
		draw_more(p, TOP_REFUSALS, line);
		return;
	}
	r = refusal_at(p, n);
	slice_number(r.code, &code);
	style = stat_code_style((int)code);
	stat_number(line, 1, 8, STYLE_PLAIN, p->f->top[TOP_REFUSALS][n].count);
	canvas_text(line, 11, 0, 11, STYLE_PLAIN, r.verb);
	canvas_text(line, 23, 0, 3, style, r.code);
	canvas_text(line, 27, 0, 7, style, r.enhanced);
	canvas_text(line, 35, 0, line.width - 36, STYLE_PLAIN, r.text);
}

bool
stat_refusals_filter(const struct stat_page *p, int n, struct buf *out)
{
	struct refusal r;

	if (n >= p->names)
		return false;
	r = refusal_at(p, n);
	buf_printf(out, "smtp.response.code == %.*s", (int)r.code.n, (const char *)r.code.p);
	if (!waits_is_command(r.verb))
		return true;
	return buf_printf(out, " && smtp.req.command == \"%.*s\"", (int)r.verb.n, (const char *)r.verb.p);
}

/* --- findings --- */

int
stat_findings_lines(const struct stat_page *p)
{
	return (int)p->f->ntop[TOP_FINDINGS];
}

void
stat_findings_draw(const struct stat_page *p, int n, struct area line)
{
	const struct figures_name *name = &p->f->top[TOP_FINDINGS][n];
	enum severity severity;
	enum finding f;

	if (!finding_parse((slice){ (const uint8_t *)name->name, name->n }, &f))
		return;
	severity = finding_info(f)->severity;
	stat_number(line, 1, 8, STYLE_PLAIN, name->count);
	canvas_words(line, 11, 0, sheet_severity(severity), severity_name(severity));
	canvas_text(line, 20, 0, 30, STYLE_LINK, slice_of(name->name));
	if (line.width > 70)
		canvas_text(line, 50, 0, line.width - 51, STYLE_DIM, slice_of(finding_info(f)->seen));
}

bool
stat_findings_filter(const struct stat_page *p, int n, struct buf *out)
{
	return quote(out, "finding.id", &p->f->top[TOP_FINDINGS][n]);
}
