/*
 * stat_sections.c - totals, the rate over time, replies, waits, refusals, names,
 * findings, and what the run itself lost and needs.
 *
 * Labels of totals are those of -z summary, and so are the numbers.
 */
#include "stat.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "model/column.h"
#include "tui/widgets/ruler.h"
#include "tui/widgets/sheet.h"

enum {
	NUMBER = 11,			/* columns of a number */
	FULL = 0x2588, HALF = 0x2592, LIGHT = 0x2591, LINE = 0x2500,
	CHART = 4			/* lines of the highest bar */
};

static void
number(struct area line, int x, int room, enum style style, uint64_t n)
{
	char text[WORDS_NUMBER];

	canvas_right(line, x, 0, room, style, slice_of(words_number(n, text)));
}

static unsigned
percent(uint64_t n, uint64_t of)
{
	return of > 0 ? (unsigned)((double)n * 100.0 / (double)of + 0.5) : 0;
}

/* "27 %" in six columns; something is never 0 %, and not all is never 100 %. */
static void
draw_percent(struct area line, int x, enum style style, uint64_t n, uint64_t of)
{
	unsigned p = percent(n, of);
	char text[16];

	snprintf(text, sizeof text, "%s%u %%", n > 0 && p == 0 ? "<" : n < of && p == 100 ? ">" : "", p == 0 && n > 0 ? 1 : p == 100 && n < of ? 99 : p);
	canvas_right(line, x, 0, 6, style, slice_of(text));
}

/* A share as a bar: eighths of columns. */
static void
draw_share(struct area line, int x, int room, enum style style, uint64_t n, uint64_t of)
{
	int eighths = of > 0 ? (int)((double)n * room * 8 / (double)of + 0.5) : 0;

	if (n > 0 && eighths == 0)
		eighths = 1;
	canvas_fill(line, x, 0, eighths / 8, 1, FULL, style);
	if (eighths % 8 > 0)
		canvas_put(line, x + eighths / 8, 0, 0x2590u - (uint32_t)(eighths % 8), style);
}

/* --- totals: two tables beside each other --- */

enum { LABEL = 26, SIDES = 60 };		/* columns of the longest label; of a page that has two tables */

struct total { const char *label; uint64_t n; enum style style; bool dim; };

static int
totals_left(const struct stat_page *p, struct total out[16])
{
	const struct rec_stats *st = &p->f->stats;
	const struct total all[] = {
		{ "packets", st->packets, STYLE_PLAIN, false }, { "bytes", st->bytes, STYLE_PLAIN, false },
		{ "TCP connections", st->connections, STYLE_PLAIN, !st->final },
		{ "mail sessions", st->sessions, STYLE_TITLE, false },
		{ p->width < SIDES || (p->width - 5) / 2 > LABEL + NUMBER ? "attempts without a session" : "attempts", st->attempts, st->attempts > 0 ? STYLE_BAD : STYLE_PLAIN, false },
		{ "commands", st->command_count, STYLE_PLAIN, false },
		{ "replies", p->f->replies, STYLE_PLAIN, false },
	};
	int n = 0;

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!all[i].dim)
			out[n++] = all[i];
	return n;
}

static enum style
status_style(enum mail_status s)
{
	return s == MAIL_ACCEPTED ? STYLE_GOOD : s == MAIL_REJECTED || s == MAIL_REFUSED ? STYLE_BAD : STYLE_LATER;
}

static int
totals_right(const struct stat_page *p, struct total out[16])
{
	const struct rec_stats *st = &p->f->stats;
	int n = 0;

	out[n++] = (struct total){ "messages", st->messages, STYLE_TITLE, false };
	for (enum mail_status s = MAIL_ACCEPTED; s <= MAIL_INCOMPLETE; s++)
		if (st->status[s] > 0)
			out[n++] = (struct total){ mail_status_name(s), st->status[s], status_style(s), true };
	out[n++] = (struct total){ "recipients", st->recipients, STYLE_PLAIN, false };
	out[n++] = (struct total){ "bytes of content", st->message_bytes, STYLE_PLAIN, false };
	return n;
}

static int
totals_lines(const struct stat_page *p)
{
	struct total t[16];
	int left = totals_left(p, t), right = totals_right(p, t);

	return p->width < SIDES ? left + right : left > right ? left : right;
}

static void
draw_total(struct area line, int x, int room, const struct total *t)
{
	int indent = t->dim ? 2 : 0;
	enum style style = t->n == 0 ? STYLE_DIM : t->style;

	canvas_words(line, x + indent, 0, t->dim ? t->style : STYLE_PLAIN, t->label);
	number(line, x + room - NUMBER, NUMBER, style, t->n);
}

static void
totals_draw(const struct stat_page *p, int n, struct area line)
{
	struct total t[16];
	int half = (p->width - 5) / 2, left = totals_left(p, t);

	if (p->width < SIDES) {
		if (n >= left)
			totals_right(p, t);
		draw_total(line, 1, line.width - 2, &t[n < left ? n : n - left]);
		return;
	}
	if (n < left)
		draw_total(line, 1, half, &t[n]);
	if (n < totals_right(p, t))
		draw_total(line, 1 + half + 3, half, &t[n]);
}

static void
totals_head(const struct stat_page *p, struct area line)
{
	const struct rec_stats *st = &p->f->stats;
	char first[NSTIME_TEXT], last[NSTIME_TEXT], text[4 * NSTIME_TEXT];

	if (st->first == NSTIME_NONE || st->last == NSTIME_NONE)
		return;
	snprintf(text, sizeof text, " %s%s, %s s ", p->filtered ? "of all, whatever the filter shows · " : "", nstime_utc(st->first, 0, first), nstime_seconds(st->last - st->first, 3, last));
	canvas_right(line, 14, 0, line.width - 16, STYLE_DIM, slice_of(text));
}

/* --- the rate --- */

/* Places of the rate that one column shows, and columns that one place takes. */
struct scale { size_t places, columns; };

enum { RATE_LABEL = 10 };

static struct scale
rate_scale(const struct stat_page *p)
{
	size_t room = (size_t)(p->width > RATE_LABEL + 8 ? p->width - RATE_LABEL - 2 : 6), n = p->f->nrate;
	struct scale s = { (n + room - 1) / room, 1 };

	if (s.places == 1 && n > 0)
		s.columns = room / n < 4 ? room / n : 4;
	return s;
}

static struct figures_rate
rate_of(const struct figures *f, const struct scale *s, size_t column)
{
	struct figures_rate sum = { 0 };

	for (size_t i = column * s->places; i < (column + 1) * s->places && i < f->nrate; i++) {
		sum.sessions += f->rate[i].sessions;
		sum.messages += f->rate[i].messages;
		sum.refused += f->rate[i].refused;
	}
	return sum;
}

enum series { SERIES_MESSAGES, SERIES_REFUSED, SERIES_SESSIONS, SERIES };
static const struct { const char *name; int height; enum style style; } series[SERIES] = {
	{ "messages", CHART, STYLE_GOOD }, { "refused", 1, STYLE_BAD }, { "sessions", 2, STYLE_INFO },
};

static uint32_t
value_of(const struct figures_rate *r, enum series which)
{
	return which == SERIES_MESSAGES ? r->messages : which == SERIES_REFUSED ? r->refused : r->sessions;
}

static uint32_t
series_most(const struct stat_page *p, enum series which)
{
	struct scale s = rate_scale(p);
	uint32_t most = 0;

	for (size_t i = 0; s.places > 0 && i * s.places < p->f->nrate; i++) {
		struct figures_rate r = rate_of(p->f, &s, i);

		most = value_of(&r, which) > most ? value_of(&r, which) : most;
	}
	return most;
}

static int
rate_lines(const struct stat_page *p)
{
	int n = 1;

	if (p->f->nrate == 0)
		return 0;
	for (enum series i = 0; i < SERIES; i++)
		if (series_most(p, i) > 0)
			n += series[i].height;
	return n > 1 ? n : 0;
}

/* The part of a column that stands in the line so many above the ground. */
static void
draw_rate_line(const struct stat_page *p, enum series which, int above, uint32_t most, struct area line)
{
	struct scale s = rate_scale(p);

	for (size_t i = 0; i * s.places < p->f->nrate; i++) {
		struct figures_rate r = rate_of(p->f, &s, i);
		uint32_t value = value_of(&r, which);
		int eighths = (int)((double)value * series[which].height * 8 / most + 0.5), here;

		if (value > 0 && eighths == 0)
			eighths = 1;
		here = eighths - 8 * above > 8 ? 8 : eighths - 8 * above;
		if (here > 0)
			canvas_fill(line, RATE_LABEL + (int)(i * s.columns), 0, (int)s.columns, 1, 0x2580u + (uint32_t)here, series[which].style);
	}
}

static void
draw_rate_time(const struct stat_page *p, struct area line)
{
	const struct figures *f = p->f;
	struct scale s = rate_scale(p);
	nstime end = f->rate_start + (nstime)f->nrate * f->rate_width;
	int width = (int)((f->nrate + s.places - 1) / s.places * s.columns);
	char text[NSTIME_TEXT];

	canvas_words(line, RATE_LABEL, 0, STYLE_DIM, nstime_utc(f->rate_start, f->rate_width < NSTIME_S, text));
	nstime_utc(end, f->rate_width < NSTIME_S, text);
	if (width > 42)
		canvas_right(line, RATE_LABEL, 0, width, STYLE_DIM, slice_of(text));
}

static void
rate_draw(const struct stat_page *p, int n, struct area line)
{
	char text[WORDS_NUMBER + 16], digits[WORDS_NUMBER];

	for (enum series i = 0; i < SERIES; i++) {
		uint32_t most = series_most(p, i);

		if (most == 0)
			continue;
		if (n < series[i].height) {
			draw_rate_line(p, i, series[i].height - 1 - n, most, line);
			if (n == series[i].height - 1)
				canvas_words(line, 1, 0, series[i].style, series[i].name);
			else if (n == 0) {
				snprintf(text, sizeof text, "%s", words_number(most, digits));
				canvas_right(line, 1, 0, RATE_LABEL - 2, STYLE_DIM, slice_of(text));
			}
			return;
		}
		n -= series[i].height;
	}
	draw_rate_time(p, line);
}

static void
rate_head(const struct stat_page *p, struct area line)
{
	char text[64], wait[NSTIME_TEXT];
	struct scale s = rate_scale(p);
	nstime width = p->f->rate_width * (nstime)s.places;

	if (width % (3600 * NSTIME_S) == 0)
		snprintf(text, sizeof text, " a bar: %lld h ", (long long)(width / (3600 * NSTIME_S)));
	else if (width % (60 * NSTIME_S) == 0)
		snprintf(text, sizeof text, " a bar: %lld min ", (long long)(width / (60 * NSTIME_S)));
	else
		snprintf(text, sizeof text, " a bar: %s ", when_wait(width, wait));
	canvas_right(line, 14, 0, line.width - 16, STYLE_DIM, slice_of(text));
}

/* --- replies --- */

/* Codes by how often: the n-th. 0: no more. */
static int
code_at(const struct figures *f, int n)
{
	bool taken[FIGURES_CODES] = { false };
	int best = 0;

	for (; n >= 0; n--) {
		best = 0;
		for (int c = 1; c < FIGURES_CODES; c++)
			if (!taken[c] && f->code[c] > 0 && (best == 0 || f->code[c] > f->code[best]))
				best = c;
		taken[best] = true;
	}
	return best;
}

static int
replies_lines(const struct stat_page *p)
{
	int n = 0;

	while (n < 12 && code_at(p->f, n) != 0)
		n++;
	return n;
}

static const char *
code_meaning(int code)
{
	/* RFC 5321 4.2.3, RFC 4954 6, RFC 7504, RFC 3207 4. */
	static const struct { int code; const char *words; } table[] = {
		{ 211, "status" }, { 214, "help" }, { 220, "ready" }, { 221, "closing" }, { 235, "authenticated" }, { 250, "done" },
		{ 251, "will forward" }, { 252, "cannot verify, will try" }, { 334, "go on with AUTH" }, { 354, "go on with the content" },
		{ 421, "not available, closing" }, { 432, "password change needed" }, { 450, "mailbox not available now" },
		{ 451, "local error" }, { 452, "not enough storage" }, { 454, "not now" }, { 455, "parameters not now" },
		{ 500, "not understood" }, { 501, "wrong arguments" }, { 502, "not implemented" }, { 503, "wrong order" },
		{ 504, "parameter not implemented" }, { 521, "takes no mail" }, { 523, "encryption needed" }, { 530, "authentication needed" },
		{ 534, "mechanism too weak" }, { 535, "credentials refused" }, { 538, "encryption needed" }, { 550, "mailbox not available" },
		{ 551, "not local" }, { 552, "too much" }, { 553, "mailbox name not allowed" }, { 554, "failed" }, { 555, "parameters not known" },
		{ 556, "domain takes no mail" },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].code == code)
			return table[i].words;
	return code < 300 ? "done" : code < 400 ? "go on" : code < 500 ? "not now" : "no";
}

static enum style
code_style(int code)
{
	return code >= 500 ? STYLE_BAD : code >= 400 ? STYLE_LATER : code < 300 ? STYLE_GOOD : STYLE_PLAIN;
}

static void
replies_draw(const struct stat_page *p, int n, struct area line)
{
	int code = code_at(p->f, n), x = 6 + NUMBER + 1 + 7;
	char text[16];

	snprintf(text, sizeof text, "%03d", code);
	canvas_words(line, 1, 0, code_style(code), text);
	number(line, 5, NUMBER, STYLE_PLAIN, p->f->code[code]);
	draw_percent(line, 6 + NUMBER, STYLE_DIM, p->f->code[code], p->f->replies);
	draw_share(line, x, 20, code_style(code), p->f->code[code], p->f->replies);
	if (line.width > x + 36)
		canvas_words(line, x + 22, 0, STYLE_DIM, code_meaning(code));
}

static bool
replies_filter(const struct stat_page *p, int n, struct buf *out)
{
	return buf_printf(out, "smtp.response.code == %d", code_at(p->f, n));
}

/* --- waits --- */

/* The n-th kind that has any; WAITS: no more. */
static enum waits
waits_at(const struct figures *f, int n)
{
	for (enum waits w = 0; w < WAITS; w++)
		if (f->wait[w].n > 0 && n-- == 0)
			return w;
	return WAITS;
}

static int
waits_lines(const struct stat_page *p)
{
	int n = 0;

	while (waits_at(p->f, n) != WAITS)
		n++;
	return n > 0 ? n + 1 : 0;
}

enum { WAIT_NAME = 12, WAIT_COUNT = 9, WAIT_COLUMN = 8, WAIT_TABLE = 1 + WAIT_NAME + WAIT_COUNT + 4 * WAIT_COLUMN + 1 };

static int
waits_decade(const struct stat_page *p)
{
	int room = p->width - WAIT_TABLE - 2;

	return room >= ruler_columns(4) ? 4 : room >= ruler_columns(3) ? 3 : room >= ruler_columns(2) ? 2 : 0;
}

/* Half of them, nine of ten, all but the last of a hundred, all: each a lighter bar. */
static void
draw_range(const struct stat_page *p, const struct histogram *h, struct area line)
{
	int decade = waits_decade(p), x = WAIT_TABLE;
	const struct { nstime wait; uint32_t fill; } part[] = {
		{ h->max, 0xb7 }, { histogram_percentile(h, 99), LIGHT }, { histogram_percentile(h, 90), HALF }, { histogram_percentile(h, 50), FULL },
	};

	for (size_t i = 0; i < sizeof part / sizeof part[0] && decade > 0; i++)
		canvas_fill(line, x, 0, (ruler_length(decade, part[i].wait) + 7) / 8, 1, part[i].fill, STYLE_WAIT_SERVER);
}

static void
waits_title(const struct stat_page *p, struct area line)
{
	static const char *const names[] = { "p50", "p90", "p99", "longest" };

	canvas_right(line, 1 + WAIT_NAME, 0, WAIT_COUNT, STYLE_DIM, S("replies"));
	for (int i = 0; i < 4; i++)
		canvas_right(line, 1 + WAIT_NAME + WAIT_COUNT + i * WAIT_COLUMN, 0, WAIT_COLUMN, STYLE_DIM, slice_of(names[i]));
	ruler_draw(line, WAIT_TABLE, 0, waits_decade(p));
}

static void
waits_draw(const struct stat_page *p, int n, struct area line)
{
	static const unsigned percentiles[] = { 50, 90, 99 };
	enum waits w = waits_at(p->f, n - 1);
	const struct histogram *h;
	int x = 1 + WAIT_NAME + WAIT_COUNT;
	char text[NSTIME_TEXT];

	if (n == 0) {
		waits_title(p, line);
		return;
	}
	h = &p->f->wait[w];
	canvas_text(line, 1, 0, WAIT_NAME, STYLE_PLAIN, slice_of(waits_name(w)));
	number(line, 1 + WAIT_NAME, WAIT_COUNT, STYLE_DIM, h->n);
	for (int i = 0; i < 3; i++, x += WAIT_COLUMN)
		canvas_right(line, x, 0, WAIT_COLUMN, STYLE_PLAIN, slice_of(when_wait(histogram_percentile(h, percentiles[i]), text)));
	canvas_right(line, x, 0, WAIT_COLUMN, h->max >= NSTIME_S ? STYLE_LATER : STYLE_PLAIN, slice_of(when_wait(h->max, text)));
	draw_range(p, h, line);
}

/* Those that took nearly as long as the longest, as the histogram knows it. */
static bool
waits_filter(const struct stat_page *p, int n, struct buf *out)
{
	enum waits w = waits_at(p->f, n - 1);
	char text[NSTIME_TEXT];

	if (n == 0 || w == WAIT_GREETING || w == WAIT_CONTENT || w == WAIT_OTHERS || w == WAIT_AUTH_ANSWER)
		return false;
	return buf_printf(out, "smtp.req.command == \"%s\" && smtp.reply_time >= %s", waits_name(w),
	    nstime_seconds(histogram_percentile(&p->f->wait[w], 99) / NSTIME_MS * NSTIME_MS, 3, text));
}

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
		draw_percent(line, x + NAME_COUNT + NAME_FAILED - 6, percent(name->failed, name->count) >= 50 ? STYLE_BAD : STYLE_LATER, name->failed, name->count);
	number(line, line.width - NAME_BYTES - 1, NAME_BYTES, STYLE_DIM, name->bytes);
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

static int clients_lines(const struct stat_page *p) { return names_lines(p, TOP_CLIENTS); }
static void clients_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_CLIENTS, n, line); }
static int servers_lines(const struct stat_page *p) { return names_lines(p, TOP_SERVERS); }
static void servers_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_SERVERS, n, line); }
static int senders_lines(const struct stat_page *p) { return names_lines(p, TOP_SENDERS); }
static void senders_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_SENDERS, n, line); }
static int recipients_lines(const struct stat_page *p) { return names_lines(p, TOP_RECIPIENTS); }
static void recipients_draw(const struct stat_page *p, int n, struct area line) { names_draw(p, TOP_RECIPIENTS, n, line); }

static bool
address_filter(const struct stat_page *p, enum figures_list list, int n, const char *field, struct buf *out)
{
	return n < p->names && buf_printf(out, "%s == %s", field, p->f->top[list][n].name);
}

static bool clients_filter(const struct stat_page *p, int n, struct buf *out) { return address_filter(p, TOP_CLIENTS, n, "client.ip", out); }
static bool servers_filter(const struct stat_page *p, int n, struct buf *out) { return address_filter(p, TOP_SERVERS, n, "server.ip", out); }

static bool
senders_filter(const struct stat_page *p, int n, struct buf *out)
{
	if (n < p->names && strcmp(p->f->top[TOP_SENDERS][n].name, "<>") == 0)
		return buf_text(out, "smtp.null_sender");
	return names_filter(p, TOP_SENDERS, n, "smtp.mail_from", out);
}

static bool
recipients_filter(const struct stat_page *p, int n, struct buf *out)
{
	return names_filter(p, TOP_RECIPIENTS, n, "smtp.rcpt.address", out);
}

static void hosts_head(const struct stat_page *p, struct area line) { (void)p; names_head(line, "connections"); }
static void mails_head(const struct stat_page *p, struct area line) { (void)p; names_head(line, "messages"); }

/* --- refusals --- */

static int
refusals_lines(const struct stat_page *p)
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

static void
refusals_draw(const struct stat_page *p, int n, struct area line)
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
	style = code_style((int)code);
	number(line, 1, 8, STYLE_PLAIN, p->f->top[TOP_REFUSALS][n].count);
	canvas_text(line, 11, 0, 11, STYLE_PLAIN, r.verb);
	canvas_text(line, 23, 0, 3, style, r.code);
	canvas_text(line, 27, 0, 7, style, r.enhanced);
	canvas_text(line, 35, 0, line.width - 36, STYLE_PLAIN, r.text);
}

static bool
refusals_filter(const struct stat_page *p, int n, struct buf *out)
{
	struct refusal r;

	if (n >= p->names)
		return false;
	r = refusal_at(p, n);
	buf_printf(out, "smtp.response.code == %.*s", (int)r.code.n, (const char *)r.code.p);
	if (slice_eq(r.verb, S("content")) || slice_eq(r.verb, S("greeting")) || slice_eq(r.verb, S("others")) || slice_eq(r.verb, S("AUTH answer")))
		return true;
	return buf_printf(out, " && smtp.req.command == \"%.*s\"", (int)r.verb.n, (const char *)r.verb.p);
}

/* --- findings --- */

static int
findings_lines(const struct stat_page *p)
{
	return (int)p->f->ntop[TOP_FINDINGS];
}

static void
findings_draw(const struct stat_page *p, int n, struct area line)
{
	const struct figures_name *name = &p->f->top[TOP_FINDINGS][n];
	enum severity severity;
	enum finding f;

	if (!finding_parse((slice){ (const uint8_t *)name->name, name->n }, &f))
		return;
	severity = finding_info(f)->severity;
	number(line, 1, 8, STYLE_PLAIN, name->count);
	canvas_words(line, 11, 0, sheet_severity(severity), severity_name(severity));
	canvas_text(line, 20, 0, 30, STYLE_LINK, slice_of(name->name));
	if (line.width > 70)
		canvas_text(line, 50, 0, line.width - 51, STYLE_DIM, slice_of(finding_info(f)->seen));
}

static bool
findings_filter(const struct stat_page *p, int n, struct buf *out)
{
	return quote(out, "finding.id", &p->f->top[TOP_FINDINGS][n]);
}

/* --- TLS and AUTH --- */

static const char *const security_labels[] = {
	"TLS", "STARTTLS offered, not used", "STARTTLS failed", "neither", "AUTH attempts", "AUTH refused",
};

static void
security_numbers(const struct figures *f, uint64_t n[6], uint64_t of[6])
{
	uint64_t sessions = f->closed, with = f->tls + f->tls_offered + f->tls_failed;

	n[0] = f->tls;
	n[1] = f->tls_offered;
	n[2] = f->tls_failed;
	n[3] = sessions > with ? sessions - with : 0;
	n[4] = f->auth;
	n[5] = f->auth_failed;
	of[0] = of[1] = of[2] = of[3] = sessions;
	of[4] = of[5] = f->auth;
}

static int
security_lines(const struct stat_page *p)
{
	return p->f->closed == 0 ? 0 : p->f->auth > 0 ? 6 : 4;
}

static void
security_draw(const struct stat_page *p, int n, struct area line)
{
	static const enum style styles[] = { STYLE_GOOD, STYLE_LATER, STYLE_BAD, STYLE_DIM, STYLE_PLAIN, STYLE_BAD };
	uint64_t count[6], of[6];

	security_numbers(p->f, count, of);
	canvas_text(line, 1, 0, LABEL + 1, STYLE_PLAIN, slice_of(security_labels[n]));
	number(line, 28, NUMBER, STYLE_PLAIN, count[n]);
	if (n == 4)
		return;
	draw_percent(line, 28 + NUMBER + 1, STYLE_DIM, count[n], of[n]);
	draw_share(line, 28 + NUMBER + 8, line.width - 28 - NUMBER - 10 < 20 ? line.width - 28 - NUMBER - 10 : 20, styles[n], count[n], of[n]);
}

static bool
security_filter(const struct stat_page *p, int n, struct buf *out)
{
	static const char *const filters[] = {
		"session.tls", "smtp.capability == \"STARTTLS\" && !session.tls", "finding.id == \"smtp.starttls-failed\"", "!session.tls", "smtp.auth",
		"smtp.auth.code >= 400",
	};

	(void)p;
	return buf_text(out, filters[n]);
}

/* --- what was lost, and what it takes --- */

static const struct { const char *label; size_t at; } losses[] = {
	{ "dropped while capturing", offsetof(struct rec_stats, dropped) }, { "gaps in streams", offsetof(struct rec_stats, gaps) },
	{ "bytes missing in them", offsetof(struct rec_stats, missing_bytes) },
	{ "segments retransmitted", offsetof(struct rec_stats, retransmitted) },
	{ "segments out of order", offsetof(struct rec_stats, out_of_order) },
	{ "overlaps that conflict", offsetof(struct rec_stats, conflicts) }, { "flows evicted", offsetof(struct rec_stats, evicted) },
};
enum { LOSSES = sizeof losses / sizeof losses[0] };

/* Most of it is known when all was read. */
static int
losses_lines(const struct stat_page *p)
{
	return p->f->stats.final ? LOSSES + p->f->stats.damaged : p->f->stats.dropped > 0;
}

static void
losses_draw(const struct stat_page *p, int n, struct area line)
{
	uint64_t value;

	if (n == LOSSES) {
		canvas_words(line, 1, 0, STYLE_BAD, "the input is damaged or cut: the figures are of what could be read");
		return;
	}
	memcpy(&value, (const char *)&p->f->stats + losses[n].at, sizeof value);
	canvas_words(line, 1, 0, STYLE_PLAIN, losses[n].label);
	number(line, 28, NUMBER, value == 0 ? STYLE_DIM : n == 3 || n == 4 ? STYLE_LATER : STYLE_BAD, value);
}

static void
say_size(uint64_t bytes, char text[32])
{
	if (bytes < 10 * KiB)
		snprintf(text, 32, "%llu B", (unsigned long long)bytes);
	else if (bytes < 10 * MiB)
		snprintf(text, 32, "%llu KiB", (unsigned long long)(bytes / KiB));
	else
		snprintf(text, 32, "%llu MiB", (unsigned long long)(bytes / MiB));
}

static int
memory_lines(const struct stat_page *p)
{
	return 4 + (vault_trouble(model_vault(p->model)) != NULL) + (model_forgotten(p->model) > 0);
}

static void
draw_vault(const struct stat_page *p, enum vault_ring ring, struct area line)
{
	const struct vault *v = model_vault(p->model);
	char text[32], more[64];

	say_size(vault_kept(v, ring), text);
	canvas_right(line, 28, 0, NUMBER, STYLE_PLAIN, slice_of(text));
	if (vault_gone(v, ring) == 0)
		return;
	say_size(vault_gone(v, ring), text);
	snprintf(more, sizeof more, "let go: %s, the oldest", text);
	canvas_words(line, 28 + NUMBER + 2, 0, STYLE_LOST, more);
}

static void
memory_draw(const struct stat_page *p, int n, struct area line)
{
	static const char *const labels[] = { "memory for reading", "memory of the list", "on disk: what was said", "on disk: messages" };
	const char *trouble = vault_trouble(model_vault(p->model));
	char text[64], digits[WORDS_NUMBER];

	if (n < 4)
		canvas_words(line, 1, 0, STYLE_PLAIN, labels[n]);
	if (n < 2) {
		say_size(n == 0 ? p->f->memory : model_memory(p->model), text);
		canvas_right(line, 28, 0, NUMBER, STYLE_PLAIN, slice_of(text));
	} else if (n < 4)
		draw_vault(p, n == 2 ? VAULT_TALE : VAULT_BODY, line);
	else if (n == 4 && trouble != NULL)
		canvas_text(line, 1, 0, line.width - 1, STYLE_BAD, slice_of(trouble));
	else {
		snprintf(text, sizeof text, "%s sessions were forgotten: too many", words_number(model_forgotten(p->model), digits));
		canvas_words(line, 1, 0, STYLE_LOST, text);
	}
}

const struct stat_section stat_sections[] = {
	{ "Totals", totals_lines, totals_head, totals_draw, NULL },
	{ "Over time", rate_lines, rate_head, rate_draw, NULL },
	{ "Waits for replies", waits_lines, NULL, waits_draw, waits_filter },
	{ "Replies", replies_lines, NULL, replies_draw, replies_filter },
	{ "Refusals", refusals_lines, NULL, refusals_draw, refusals_filter },
	{ "Findings", findings_lines, NULL, findings_draw, findings_filter },
	{ "Clients", clients_lines, hosts_head, clients_draw, clients_filter },
	{ "Servers", servers_lines, hosts_head, servers_draw, servers_filter },
	{ "Senders", senders_lines, mails_head, senders_draw, senders_filter },
	{ "Recipients", recipients_lines, mails_head, recipients_draw, recipients_filter },
	{ "TLS and AUTH, of sessions that are over", security_lines, NULL, security_draw, security_filter },
	{ "Lost", losses_lines, NULL, losses_draw, NULL },
	{ "Memory", memory_lines, NULL, memory_draw, NULL },
};
const size_t nstat_sections = sizeof stat_sections / sizeof stat_sections[0];
