/*
 * stat_replies.c - replies by code, waits by command, TLS and AUTH.
 */
#include "stat_parts.h"

#include <stdio.h>

#include "tui/widgets/ruler.h"

enum { FULL = 0x2588, HALF = 0x2592, LIGHT = 0x2591, DOT = 0xb7, SHARE = 20 };	/* of bars; columns of a share */

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

int
stat_replies_lines(const struct stat_page *p)
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

void
stat_replies_draw(const struct stat_page *p, int n, struct area line)
{
	int code = code_at(p->f, n), x = 6 + STAT_NUMBER + 1 + 7;
	char text[16];

	snprintf(text, sizeof text, "%03d", code);
	canvas_words(line, 1, 0, stat_code_style(code), text);
	stat_number(line, 5, STAT_NUMBER, STYLE_PLAIN, p->f->code[code]);
	stat_draw_percent(line, 6 + STAT_NUMBER, STYLE_DIM, p->f->code[code], p->f->replies);
	stat_draw_share(line, x, 20, stat_code_style(code), p->f->code[code], p->f->replies);
	if (line.width > x + 36)
		canvas_words(line, x + 22, 0, STYLE_DIM, code_meaning(code));
}

bool
stat_replies_filter(const struct stat_page *p, int n, struct buf *out)
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

int
stat_waits_lines(const struct stat_page *p)
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
		{ h->max, DOT }, { histogram_percentile(h, 99), LIGHT }, { histogram_percentile(h, 90), HALF },
		{ histogram_percentile(h, 50), FULL },
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

void
stat_waits_draw(const struct stat_page *p, int n, struct area line)
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
	stat_number(line, 1 + WAIT_NAME, WAIT_COUNT, STYLE_DIM, h->n);
	for (int i = 0; i < 3; i++, x += WAIT_COLUMN)
		canvas_right(line, x, 0, WAIT_COLUMN, STYLE_PLAIN, slice_of(when_wait(histogram_percentile(h, percentiles[i]), text)));
	canvas_right(line, x, 0, WAIT_COLUMN, h->max >= NSTIME_S ? STYLE_LATER : STYLE_PLAIN, slice_of(when_wait(h->max, text)));
	draw_range(p, h, line);
}

/* Those that took nearly as long as the longest, as the histogram knows it. */
bool
stat_waits_filter(const struct stat_page *p, int n, struct buf *out)
{
	enum waits w = waits_at(p->f, n - 1);
	char text[NSTIME_TEXT];

	if (n == 0 || !waits_is_command(slice_of(waits_name(w))))
		return false;
	return buf_printf(out, "smtp.req.command == \"%s\" && smtp.reply_time >= %s", waits_name(w),
	    nstime_seconds(histogram_percentile(&p->f->wait[w], 99) / NSTIME_MS * NSTIME_MS, 3, text));
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

int
stat_security_lines(const struct stat_page *p)
{
	return p->f->closed == 0 ? 0 : p->f->auth > 0 ? 6 : 4;
}

void
stat_security_draw(const struct stat_page *p, int n, struct area line)
{
	static const enum style styles[] = { STYLE_GOOD, STYLE_LATER, STYLE_BAD, STYLE_DIM, STYLE_PLAIN, STYLE_BAD };
	uint64_t count[6], of[6];
	int x = 1 + STAT_LABEL + STAT_NUMBER + 8, room = line.width - x - 2;

	security_numbers(p->f, count, of);
	canvas_text(line, 1, 0, STAT_LABEL, STYLE_PLAIN, slice_of(security_labels[n]));
	stat_number(line, 1 + STAT_LABEL, STAT_NUMBER, STYLE_PLAIN, count[n]);
	if (n == 4)
		return;
	stat_draw_percent(line, 1 + STAT_LABEL + STAT_NUMBER + 1, STYLE_DIM, count[n], of[n]);
	stat_draw_share(line, x, room < 0 ? 0 : room < SHARE ? room : SHARE, styles[n], count[n], of[n]);
}

bool
stat_security_filter(const struct stat_page *p, int n, struct buf *out)
{
	static const char *const filters[] = {
		"session.tls", "smtp.capability == \"STARTTLS\" && !session.tls", "finding.id == \"smtp.starttls-not-tls\"",
		"!session.tls", "smtp.auth", "smtp.auth.code >= 400",
	};

	(void)p;
	return buf_text(out, filters[n]);
}
