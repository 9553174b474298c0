/*
 * stat_totals.c - what was counted of the whole run, what was lost, and what the
 * run needs.
 *
 * Labels are those of -z summary, and so are the numbers.
 */
#include "stat_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/words.h"

/* --- totals: two tables beside each other --- */

enum { SIDES = 60 };				/* columns of a page that has two tables */

struct total { const char *label; uint64_t n; enum style style; bool dim; };

static int
totals_left(const struct stat_page *p, struct total out[16])
{
	const struct rec_stats *st = &p->f->stats;
	bool roomy = p->width < SIDES || (p->width - 5) / 2 > STAT_LABEL + STAT_NUMBER;
	const struct total all[] = {
		{ "packets", st->packets, STYLE_PLAIN, false }, { "bytes", st->bytes, STYLE_PLAIN, false },
		{ "TCP connections", st->connections, STYLE_PLAIN, !st->final },
		{ "mail sessions", st->sessions, STYLE_TITLE, false },
		{ roomy ? "attempts without a session" : "attempts", st->attempts, STYLE_BAD, false },
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

int
stat_totals_lines(const struct stat_page *p)
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
	stat_number(line, x + room - STAT_NUMBER, STAT_NUMBER, style, t->n);
}

void
stat_totals_draw(const struct stat_page *p, int n, struct area line)
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

void
stat_totals_head(const struct stat_page *p, struct area line)
{
	const struct rec_stats *st = &p->f->stats;
	char first[NSTIME_TEXT], last[NSTIME_TEXT], text[4 * NSTIME_TEXT];

	if (st->first == NSTIME_NONE || st->last == NSTIME_NONE)
		return;
	snprintf(text, sizeof text, " %s%s, %s s ", p->filtered ? "of all, whatever the filter shows · " : "",
	    nstime_utc(st->first, 0, first), nstime_seconds(st->last - st->first, 3, last));
	canvas_right(line, 14, 0, line.width - 16, STYLE_DIM, slice_of(text));
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
int
stat_losses_lines(const struct stat_page *p)
{
	return p->f->stats.final ? LOSSES + p->f->stats.damaged : p->f->stats.dropped > 0;
}

void
stat_losses_draw(const struct stat_page *p, int n, struct area line)
{
	uint64_t value;

	if (n == LOSSES) {
		canvas_words(line, 1, 0, STYLE_BAD, "the input is damaged or cut: the figures are of what could be read");
		return;
	}
	memcpy(&value, (const char *)&p->f->stats + losses[n].at, sizeof value);
	canvas_words(line, 1, 0, STYLE_PLAIN, losses[n].label);
	stat_number(line, 1 + STAT_LABEL, STAT_NUMBER, value == 0 ? STYLE_DIM : n == 3 || n == 4 ? STYLE_LATER : STYLE_BAD, value);
}

static void
say_size(uint64_t bytes, char text[32])
{
	char number[WORDS_NUMBER];

	if (bytes < 10 * KiB)
		snprintf(text, 32, "%s B", words_number(bytes, number));
	else if (bytes < 10 * MiB)
		snprintf(text, 32, "%llu KiB", (unsigned long long)(bytes / KiB));
	else
		snprintf(text, 32, "%llu MiB", (unsigned long long)(bytes / MiB));
}

/* What stands in a line: memory, or a ring of the vault. */
static const struct { const char *label; int ring; } memories[] = {
	{ "memory for reading", -1 }, { "memory of the list", -2 }, { "on disk: what was said", VAULT_TALE },
	{ "on disk: messages", VAULT_BODY }, { "on disk: records", VAULT_RECORD },
};
enum { MEMORIES = sizeof memories / sizeof memories[0] };

int
stat_memory_lines(const struct stat_page *p)
{
	return MEMORIES + (vault_trouble(model_vault(p->model)) != NULL) + (model_forgotten(p->model) > 0);
}

static void
draw_size(struct area line, uint64_t bytes)
{
	char text[32];

	say_size(bytes, text);
	canvas_right(line, 1 + STAT_LABEL, 0, STAT_NUMBER, bytes > 0 ? STYLE_PLAIN : STYLE_DIM, slice_of(text));
}

static void
draw_vault(const struct stat_page *p, enum vault_ring ring, struct area line)
{
	const struct vault *v = model_vault(p->model);
	char text[32], more[64];

	draw_size(line, vault_kept(v, ring));
	if (vault_gone(v, ring) == 0)
		return;
	say_size(vault_gone(v, ring), text);
	snprintf(more, sizeof more, "let go: %s, the oldest", text);
	canvas_words(line, 1 + STAT_LABEL + STAT_NUMBER + 2, 0, STYLE_LOST, more);
}

void
stat_memory_draw(const struct stat_page *p, int n, struct area line)
{
	const char *trouble = vault_trouble(model_vault(p->model));
	char text[64], digits[WORDS_NUMBER];

	if (n < MEMORIES) {
		canvas_words(line, 1, 0, STYLE_PLAIN, memories[n].label);
		if (memories[n].ring >= 0)
			draw_vault(p, (enum vault_ring)memories[n].ring, line);
		else
			draw_size(line, memories[n].ring == -1 ? p->f->memory : model_memory(p->model));
	} else if (n == MEMORIES && trouble != NULL)
		canvas_text(line, 1, 0, line.width - 1, STYLE_BAD, slice_of(trouble));
	else {
		snprintf(text, sizeof text, "%s sessions were forgotten: too many", words_number(model_forgotten(p->model), digits));
		canvas_words(line, 1, 0, STYLE_LOST, text);
	}
}
