/*
 * prompt.c - the line at the bottom into which something is typed.
 */
#include "prompt.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"
#include "tui/widgets/line.h"

enum {
	CANDIDATES = LIMIT_CANDIDATES,		/* that are kept */
	SHOWN = 7,			/* lines of them at a time */
	MESSAGE_LINES = 3,
	WORD_ROOM = 34,			/* columns of a candidate at most, if there is something to say about it */
	NONE = -1
};

struct candidate { size_t at, n, nword; };	/* in prompt.words: the word, and a tab and its meaning */

struct prompt {
	struct prompt_user user;
	struct config *config;
	struct line line;
	bool good;				/* what changed() said */
	struct buf message;
	size_t back;				/* lines back in the history; 0: its own */
	struct buf own;				/* what was typed before one went back */
	struct buf words;
	struct candidate candidate[CANDIDATES];
	int ncandidate;
	int picked;				/* the candidate that stands in the line, or NONE */
	size_t from;				/* where the word begins that a candidate replaces … */
};

static slice
candidate_all(const struct prompt *p, int i)
{
	return (slice){ p->words.p + p->candidate[i].at, p->candidate[i].n };
}

static slice
candidate_word(const struct prompt *p, int i)
{
	return slice_take(candidate_all(p, i), p->candidate[i].nword);
}

static slice
candidate_about(const struct prompt *p, int i)
{
	return slice_drop(candidate_all(p, i), p->candidate[i].nword + 1);
}

static slice
word_at_cursor(const struct prompt *p)
{
	return slice_drop(slice_take(buf_slice(&p->line.text), p->line.cursor), p->from);
}

/* Asks for what the word at the cursor could become. */
static void
collect(struct prompt *p)
{
	p->ncandidate = 0;
	p->picked = NONE;
	buf_clear(&p->words);
	if (p->user.complete == NULL)
		return;
	for (size_t i = 0; i < CANDIDATES; i++) {
		size_t at = p->words.n, from = p->line.cursor;
		slice all, word, about;

		if (!p->user.complete(p->user.self, buf_slice(&p->line.text), p->line.cursor, i, &from, &p->words) || p->words.full)
			break;
		all = (slice){ p->words.p + at, p->words.n - at };
		slice_cut(all, '\t', &word, &about);
		p->from = from;
		p->candidate[p->ncandidate++] = (struct candidate){ at, all.n, word.n };
	}
	if (p->ncandidate == 1 && slice_eq(candidate_word(p, 0), word_at_cursor(p)))
		p->ncandidate = 0;		/* it stands there already */
}

static void
judge(struct prompt *p)
{
	buf_clear(&p->message);
	p->good = p->user.changed == NULL || p->user.changed(p->user.self, buf_slice(&p->line.text), &p->message);
}

static void
text_changed(struct prompt *p)
{
	judge(p);
	collect(p);
	if (p->line.text.n == 0)
		p->ncandidate = 0;		/* the hint is shown; Tab asks for all */
}

struct prompt *
prompt_new(const struct prompt_user *user, struct config *config, slice text)
{
	struct prompt *p = xcalloc(1, sizeof *p);

	p->user = *user;
	p->config = config;
	line_init(&p->line, text);
	buf_init(&p->message, LIMIT_PROMPT);
	buf_init(&p->own, LIMIT_PROMPT);
	buf_init(&p->words, 64 * KiB);
	p->picked = NONE;
	judge(p);
	return p;
}

void
prompt_free(struct prompt **prompt)
{
	struct prompt *p = *prompt;

	if (p == NULL)
		return;
	line_fini(&p->line);
	buf_fini(&p->message);
	buf_fini(&p->own);
	buf_fini(&p->words);
	free(p);
	*prompt = NULL;
}

slice
prompt_text(const struct prompt *p)
{
	return p->line.text.n > 0 ? buf_slice(&p->line.text) : S("");	/* an empty text is one, too */
}

const struct prompt_user *
prompt_user(const struct prompt *p)
{
	return &p->user;
}

void
prompt_remember(struct prompt *p)
{
	if (p->user.history != NULL && p->line.text.n > 0)
		config_typed(p->config, p->user.history, buf_slice(&p->line.text));
}

/* --- keys --- */

/* Into the past, or back from there. */
static void
walk_history(struct prompt *p, bool older)
{
	slice line;

	if (p->user.history == NULL || (!older && p->back == 0))
		return;
	if (older) {
		if (!config_history(p->config, p->user.history, p->back, &line))
			return;
		if (p->back++ == 0) {
			buf_clear(&p->own);
			buf_add(&p->own, buf_slice(&p->line.text));
		}
	} else if (--p->back == 0) {
		line = buf_slice(&p->own);
	} else if (!config_history(p->config, p->user.history, p->back - 1, &line)) {
		return;
	}
	line_set(&p->line, line);
	text_changed(p);
	p->ncandidate = 0;		/* the line is whole: nothing to suggest until it is changed */
}

/* How much all candidates have in common. */
static size_t
common(const struct prompt *p)
{
	slice first = candidate_word(p, 0);
	size_t n = first.n;

	for (int i = 1; i < p->ncandidate; i++) {
		slice other = candidate_word(p, i);
		size_t same = 0;

		while (same < n && same < other.n && first.p[same] == other.p[same])
			same++;
		n = same;
	}
	while (n > 0 && n < first.n && (first.p[n] & 0xc0) == 0x80)	/* never half a character */
		n--;
	return n;
}

/* The word becomes that candidate; the list stays as it is, so that Tab goes on along it. */
static void
pick(struct prompt *p, int i)
{
	line_replace(&p->line, p->from, p->line.cursor, candidate_word(p, i));
	p->picked = i;
	judge(p);
}

static void
complete(struct prompt *p, bool backwards)
{
	slice shared;

	if (p->ncandidate == 0)
		collect(p);
	if (p->ncandidate == 0)
		return;
	if (p->ncandidate == 1) {
		pick(p, 0);
		text_changed(p);
		return;
	}
	shared = slice_take(candidate_word(p, 0), common(p));
	if (p->picked == NONE && shared.n > word_at_cursor(p).n && slice_istarts(shared, word_at_cursor(p))) {
		line_replace(&p->line, p->from, p->line.cursor, shared);
		text_changed(p);
		return;
	}
	if (backwards)
		pick(p, p->picked <= 0 ? p->ncandidate - 1 : p->picked - 1);
	else
		pick(p, p->picked + 1 == p->ncandidate ? 0 : p->picked + 1);
}

/* What is wrong is not taken: the line stays, and says why. */
static enum prompt_said
enter(struct prompt *p)
{
	if (p->good)
		return PROMPT_DONE;
	p->ncandidate = 0;
	return PROMPT_OPEN;
}

enum prompt_said
prompt_key(struct prompt *p, uint32_t key)
{
	switch (key) {
	case KEY_RETURN: return enter(p);
	case KEY_ESCAPE: case KEY_CONTROL('C'): case KEY_CONTROL('G'): return PROMPT_CANCELLED;
	case KEY_CURSOR_UP: case KEY_CONTROL('P'): walk_history(p, true); return PROMPT_OPEN;
	case KEY_CURSOR_DOWN: case KEY_CONTROL('N'): walk_history(p, false); return PROMPT_OPEN;
	case KEY_TAB: complete(p, false); return PROMPT_OPEN;
	case KEY_TAB_BACK: complete(p, true); return PROMPT_OPEN;
	default: break;
	}
	if ((key == KEY_RUBOUT || key == KEY_CONTROL('H')) && p->line.text.n == 0)
		return PROMPT_CANCELLED;
	switch (line_key(&p->line, key)) {
	case LINE_CHANGED: text_changed(p); break;
	case LINE_MOVED: p->ncandidate = 0; break;
	case LINE_NOT_MINE: break;
	}
	return PROMPT_OPEN;
}

/* --- drawing --- */

/* Columns of the part of the line that is before the cursor. */
static int
cursor_column(const struct prompt *p)
{
	return text_columns(slice_take(buf_slice(&p->line.text), p->line.cursor));
}

/* The text in `room` columns from x on, without its first `skip` ones; what is wrong in it stands out, be it missing at the end. */
static void
draw_input(struct prompt *p, struct area area, int x, int y, int room, int skip)
{
	slice text = buf_slice(&p->line.text), wrong;
	size_t from = 0, to = text.n;
	int at, seen, end;

	if (p->user.changed == NULL || text.n == 0 || p->good) {
		canvas_text_from(area, x, y, room, p->user.changed != NULL && text.n > 0 ? STYLE_INPUT_GOOD : STYLE_INPUT, text, skip);
		return;
	}
	if (p->user.fault != NULL)
		p->user.fault(p->user.self, &from, &to);
	wrong = from < to ? slice_drop(slice_take(text, to), from) : S(" ");
	at = text_columns(slice_take(text, from)) - skip;
	end = at + text_columns(wrong) < room ? at + text_columns(wrong) : room;
	seen = at > 0 ? at : 0;
	canvas_text_from(area, x, y, room, STYLE_INPUT, text, skip);
	if (end > seen)
		canvas_text_from(area, x + seen, y, end - seen, STYLE_INPUT_BAD, wrong, seen - at);
}

/* Columns of the widest one that is shown. */
static int
word_columns(const struct prompt *p, int first, int n)
{
	int columns = 0;

	for (int i = first; i < first + n; i++) {
		int width = text_columns(candidate_word(p, i));

		columns = width > columns ? width : columns;
	}
	return columns < WORD_ROOM ? columns : WORD_ROOM;
}

static void
draw_candidate(struct prompt *p, struct area area, int y, int i, int columns)
{
	slice about = candidate_about(p, i);
	int x = columns + 3, room = about.n > 0 && area.width > x + 10 ? columns : area.width - 2;

	canvas_fill(area, 0, y, area.width, 1, ' ', STYLE_PLAIN);
	canvas_text(area, 1, y, room, STYLE_LINK, candidate_word(p, i));
	if (room == columns)
		canvas_text(area, x, y, area.width - x - 1, STYLE_DIM, about);
	if (i == p->picked)
		canvas_select(area, y);
}

/* Above line y; returns the line of the uppermost. */
static int
draw_candidates(struct prompt *p, struct area area, int y)
{
	int n = p->ncandidate < SHOWN ? p->ncandidate : SHOWN, first;

	if (n > y - 1)
		n = y - 1;
	if (n <= 0)
		return y;
	first = p->picked < n ? 0 : p->picked - n + 1;
	for (int i = 0; i < n; i++)
		draw_candidate(p, area, y - n + i, first + i, word_columns(p, first, n));
	if (p->ncandidate > n) {
		char more[32];

		snprintf(more, sizeof more, " %d more", p->ncandidate - n);	/* never against what stands there */
		canvas_right(area, area.width - 12, y - 1, 11, STYLE_DIM, slice_of(more));
	}
	return y - n;
}

/* As many of its words as stand in the columns; all of them if there are no blanks. */
static slice
take_line(slice *text, int columns)
{
	size_t n = 0;
	slice line;

	for (size_t i = 0; i <= text->n; i++) {
		if (i < text->n && text->p[i] != ' ')
			continue;
		if (text_columns(slice_take(*text, i)) > columns)
			break;
		n = i;
	}
	line = slice_take(*text, n > 0 ? n : text->n);
	*text = slice_trim(slice_drop(*text, line.n));
	return line;
}

/* A sentence above line y, in a few lines: what is wrong, or what could be typed. */
static void
draw_message(struct prompt *p, struct area area, int y)
{
	bool hint = p->line.text.n == 0 && p->user.hint != NULL;
	slice text = hint ? slice_of(p->user.hint) : buf_slice(&p->message), line[MESSAGE_LINES];
	int n = 0;

	while (text.n > 0 && n < MESSAGE_LINES - 1)
		line[n++] = take_line(&text, area.width - 2);
	if (text.n > 0)
		line[n++] = text;
	for (int i = 0; i < n; i++) {
		canvas_fill(area, 0, y - n + 1 + i, area.width, 1, ' ', STYLE_PLAIN);
		canvas_text(area, 1, y - n + 1 + i, area.width - 2, hint || p->good ? STYLE_DIM : STYLE_BAD, line[i]);
	}
}

void
prompt_draw(struct prompt *p, struct area area, int line, slice note, int *x_r)
{
	int title = text_columns(slice_of(p->user.title)) + 1, end = text_columns(note), room, cursor = cursor_column(p), skip;

	if (title > area.width / 2)
		title = 0;
	if (end > area.width / 4)
		end = 0;
	room = area.width - title - (end > 0 ? end + 2 : 0);
	skip = cursor < room ? 0 : cursor - room + 1;
	canvas_fill(area, 0, line, area.width, 1, ' ', STYLE_INPUT);
	if (title > 0)
		canvas_text(area, 0, line, title, STYLE_TITLE, slice_of(p->user.title));
	draw_input(p, area, title, line, room, skip);
	if (end > 0)
		canvas_right(area, area.width - end, line, end, STYLE_DIM, note);
	*x_r = title + cursor - skip;
	if (draw_candidates(p, area, line) == line)
		draw_message(p, area, line - 1);
}
