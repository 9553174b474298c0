#include "places.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

/* What is remembered of a row. */
struct place {
	uint64_t offset, length, packet;
	uint8_t kind, dir;
	bool continued, decrypted;
	bool of_content;		/* a finding in what a message holds */
};

/* Rows that tell bytes of one stream, by their offset. */
struct shelf { uint32_t *row; size_t n, cap; };

struct places {
	struct place *row;
	size_t n, cap, findings;
	struct shelf lines[2][2], messages[2][2];	/* by direction; in clear and decrypted, which count apart */
	uint32_t *order, *of;		/* what is read n-th, and its inverse */
	size_t ordered, room;
	uint32_t *head, *next;		/* findings below a row, while they are put in order: the last one told first */
};

enum { NOBODY = UINT32_MAX, NESTED = 16 };

struct places *
places_new(void)
{
	return xcalloc(1, sizeof(struct places));
}

void
places_free(struct places **pp)
{
	struct places *p = *pp;

	if (p == NULL)
		return;
	for (size_t i = 0; i < 4; i++) {
		free(p->lines[i / 2][i % 2].row);
		free(p->messages[i / 2][i % 2].row);
	}
	free(p->row);
	free(p->order);
	free(p->of);
	free(p->head);
	free(p->next);
	free(p);
	*pp = NULL;
}

/* Rows below a message have its bytes; only the first is found by them. */
static bool
tells_bytes(const struct place *p)
{
	return p->length > 0 && (p->kind == ROW_CLIENT || p->kind == ROW_SERVER || p->kind == ROW_MESSAGE || p->kind == ROW_NOTE);
}

/* How many rows of the shelf begin at or before the offset. */
static size_t
shelf_upto(const struct places *p, const struct shelf *s, uint64_t offset)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (p->row[s->row[middle]].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Almost always at the end: only the rows of a second reading of the same bytes go back. */
static void
shelf_add(struct places *p, struct shelf *s, uint32_t row)
{
	size_t at = s->n;

	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 64;
		s->row = xrealloc(s->row, s->cap, sizeof *s->row);
	}
	if (at > 0 && p->row[s->row[at - 1]].offset > p->row[row].offset)
		at = shelf_upto(p, s, p->row[row].offset);
	memmove(&s->row[at + 1], &s->row[at], (s->n - at) * sizeof *s->row);
	s->row[at] = row;
	s->n++;
}

/* By its family: the others speak of lines and segments, even where these stand in a message. */
static bool
is_of_content(const struct row *row)
{
	static const slice families[] = { SLICE("header."), SLICE("mime."), SLICE("name."), SLICE("url.") };
	slice id = row->kind == ROW_FINDING ? slice_of(finding_info(row->finding)->id) : SLICE_NONE;

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
		if (slice_starts(id, families[i]))
			return true;
	return false;
}

void
places_add(struct places *p, const struct row *row)
{
	struct place *place;

	CHECK(p->n < NOBODY);
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 64;
		p->row = xrealloc(p->row, p->cap, sizeof *p->row);
	}
	place = &p->row[p->n];
	*place = (struct place){ row->offset, row->length, row->packet, (uint8_t)row->kind, (uint8_t)row->dir, row->continued,
	    row->decrypted, is_of_content(row) };
	p->findings += row->kind == ROW_FINDING;
	if (tells_bytes(place)) {
		struct shelf *s = row->kind == ROW_MESSAGE ? &p->messages[row->dir][row->decrypted] : &p->lines[row->dir][row->decrypted];

		shelf_add(p, s, (uint32_t)p->n);
	}
	p->n++;
}

static bool
holds(const struct place *p, uint64_t offset)
{
	return offset - p->offset < p->length;
}

/* The row on this shelf that tells the bytes, or is the last to begin before them. Only second readings stand in one another. */
static size_t
shelf_find(const struct places *p, const struct shelf *s, uint64_t offset)
{
	size_t n = shelf_upto(p, s, offset);

	for (size_t i = n; i > 0 && n - i < NESTED; i--)
		if (holds(&p->row[s->row[i - 1]], offset))
			return s->row[i - 1];
	return n > 0 ? s->row[n - 1] : SIZE_MAX;
}

static bool
tells(const struct places *p, size_t row, uint64_t offset)
{
	return row != SIZE_MAX && holds(&p->row[row], offset);
}

/* A line before the message that it stands in, as BDAT does; else what begins last before the bytes. */
static size_t
stream_find(const struct places *p, enum dir dir, bool decrypted, uint64_t offset)
{
	size_t line = shelf_find(p, &p->lines[dir][decrypted], offset), message = shelf_find(p, &p->messages[dir][decrypted], offset);

	if (line == SIZE_MAX || message == SIZE_MAX)
		return line != SIZE_MAX ? line : message;
	if (tells(p, line, offset) || tells(p, message, offset))
		return tells(p, line, offset) ? line : message;
	return p->row[line].offset > p->row[message].offset ? line : message;
}

static uint64_t
distance(uint64_t a, uint64_t b)
{
	return a > b ? a - b : b - a;
}

/* A session that turned to TLS has two bytes of each offset: the packet tells which was meant. */
size_t
places_find(const struct places *p, enum dir dir, uint64_t offset, uint64_t packet)
{
	size_t clear = stream_find(p, dir, false, offset), decrypted = stream_find(p, dir, true, offset);

	if (clear == SIZE_MAX || decrypted == SIZE_MAX)
		return clear != SIZE_MAX ? clear : decrypted;
	if (tells(p, clear, offset) != tells(p, decrypted, offset))
		return tells(p, clear, offset) ? clear : decrypted;
	return distance(p->row[clear].packet, packet) <= distance(p->row[decrypted].packet, packet) ? clear : decrypted;
}

static bool
is_below(const struct place *p)
{
	return p->continued || p->kind == ROW_DETAIL || p->kind == ROW_PART || p->kind == ROW_INSIDE || p->kind == ROW_TEXT;
}

/* The last row of what the row begins. Findings that arose between are no part of it. */
static size_t
block_end(const struct places *p, size_t row)
{
	size_t end = row;

	for (size_t i = row + 1; i < p->n && (is_below(&p->row[i]) || p->row[i].kind == ROW_FINDING); i++)
		if (p->row[i].kind != ROW_FINDING)
			end = i;
	return end;
}

/* The message that holds the bytes. */
static size_t
message_at(const struct places *p, const struct place *f)
{
	size_t clear = shelf_find(p, &p->messages[f->dir][0], f->offset), decrypted = shelf_find(p, &p->messages[f->dir][1], f->offset);

	return tells(p, clear, f->offset) ? clear : tells(p, decrypted, f->offset) ? decrypted : SIZE_MAX;
}

/* Does it name bytes? A place without length is one only where a row tells it, and not at the beginning, which is what says nothing. */
static size_t
evidence(const struct places *p, const struct place *f)
{
	size_t row = f->of_content ? message_at(p, f) : SIZE_MAX;

	if (row == SIZE_MAX && (f->length > 0 || f->offset > 0))
		row = places_find(p, (enum dir)f->dir, f->offset, f->packet);
	return f->length > 0 || tells(p, row, f->offset) ? row : SIZE_MAX;
}

/* The row below which a finding is read; NOBODY: above all. */
static uint32_t
anchor(const struct places *p, size_t finding)
{
	size_t row = evidence(p, &p->row[finding]);

	if (row != SIZE_MAX)
		return (uint32_t)block_end(p, row);
	for (row = finding; row > 0; row--)
		if (p->row[row - 1].kind != ROW_FINDING)
			return (uint32_t)row - 1;
	return NOBODY;
}

static void
make_room(struct places *p)
{
	if (p->room >= p->n + 1)
		return;
	p->room = p->cap + 1;
	p->order = xrealloc(p->order, p->room, sizeof *p->order);
	p->of = xrealloc(p->of, p->room, sizeof *p->of);
	p->head = xrealloc(p->head, p->room, sizeof *p->head);
	p->next = xrealloc(p->next, p->room, sizeof *p->next);
}

static void
append(struct places *p, uint32_t row)
{
	p->order[p->ordered] = row;
	p->of[row] = (uint32_t)p->ordered++;
}

static void
append_findings(struct places *p, uint32_t head)
{
	for (; head != NOBODY; head = p->next[head])
		append(p, head);
}

/* head[row + 1] begins the list of those below it, head[0] of those above all. From the last to the first, so that lists are in order. */
static void
hang_findings(struct places *p)
{
	for (size_t i = 0; i <= p->n; i++)
		p->head[i] = NOBODY;
	for (size_t i = p->n; i-- > 0; ) {
		uint32_t below;

		if (p->row[i].kind != ROW_FINDING)
			continue;
		below = anchor(p, i);
		below = below == NOBODY ? 0 : below + 1;
		p->next[i] = p->head[below];
		p->head[below] = (uint32_t)i;
	}
}

void
places_order(struct places *p)
{
	if (p->ordered == p->n)
		return;
	make_room(p);
	if (p->findings == 0) {
		while (p->ordered < p->n)
			append(p, (uint32_t)p->ordered);
		return;
	}
	hang_findings(p);
	p->ordered = 0;
	append_findings(p, p->head[0]);
	for (size_t i = 0; i < p->n; i++) {
		if (p->row[i].kind == ROW_FINDING)
			continue;
		append(p, (uint32_t)i);
		append_findings(p, p->head[i + 1]);
	}
}

size_t
places_count(const struct places *p)
{
	return p->ordered;
}

size_t
places_findings(const struct places *p)
{
	return p->findings;
}

size_t
places_row(const struct places *p, size_t at)
{
	CHECK(at < p->ordered);
	return p->order[at];
}

size_t
places_of(const struct places *p, size_t row)
{
	CHECK(row < p->ordered);
	return p->of[row];
}
