/*
 * rfc2231.c - parameters in several ways and pieces (RFC 2231 3, 4): what was
 * given under one name, and which of it counts.
 */
#include <stdlib.h>

#include "base/charset.h"
#include "base/err.h"
#include "param_inside.h"

enum form { FORM_PLAIN, FORM_EXTENDED, FORM_PIECE };

/* --- names --- */

static struct entry *
find_entry(const struct gathered *g, slice name)
{
	for (size_t i = 0; i < g->nentry; i++) {
		if (slice_eq(text_of(g, g->entry[i].name), name))
			return &g->entry[i];
	}
	return NULL;
}

/* NULL: too many. `name` is the last thing in `text`, where it stays if it is new. */
static struct entry *
entry_of(struct gathered *g, struct place name)
{
	struct entry *e = find_entry(g, text_of(g, name));

	if (e != NULL) {
		g->text.n = name.at;
		return e;
	}
	if (g->nentry == LIMIT_PARAMS) {
		g->params->problems |= PARAM_LIMIT;
		return NULL;
	}
	if (g->nentry == g->capentry) {
		g->capentry = g->capentry > 0 ? 2 * g->capentry : 4;
		g->entry = xrealloc(g->entry, g->capentry, sizeof *g->entry);
	}
	e = &g->entry[g->nentry++];
	*e = (struct entry){ .name = name };
	return e;
}

/* RFC 2231 3, 4: "name", "name*", "name*1", "name*1*". What is none of these is a plain name. */
static enum form
split_name(slice sent, slice *base_r, uint64_t *number_r, bool *encoded_r)
{
	slice rest;

	*encoded_r = false;
	*number_r = 0;
	if (slice_cut(sent, '*', base_r, &rest) && base_r->n > 0) {
		if (rest.n == 0)
			return FORM_EXTENDED;
		*encoded_r = rest.p[rest.n - 1] == '*';
		rest.n -= *encoded_r;
		if (slice_number(rest, number_r))
			return FORM_PIECE;
	}
	*base_r = sent;
	return FORM_PLAIN;
}

static void
keep_text(struct gathered *g, struct place *kept, bool *has, struct place text)
{
	if (*has && !slice_eq(text_of(g, *kept), text_of(g, text)))
		g->params->problems |= PARAM_DUPLICATE;
	if (*has)
		return;
	*has = true;
	*kept = text;
}

static void
keep_piece(struct gathered *g, struct entry *e, uint64_t number, bool encoded, struct place text)
{
	uint32_t bit = (uint32_t)1 << number % 32;

	if (number >= LIMIT_CONTINUATIONS) {
		g->params->problems |= PARAM_LIMIT;
		return;
	}
	if ((e->pieces > 0 && number < e->last) || (e->seen[number / 32] & bit) != 0)
		g->params->problems |= PARAM_CONTINUATION;
	if ((e->seen[number / 32] & bit) != 0)
		return;
	e->seen[number / 32] |= bit;
	e->last = (unsigned)number;
	e->pieces++;
	if (g->npiece == g->cappiece) {
		g->cappiece = g->cappiece > 0 ? 2 * g->cappiece : 8;
		g->piece = xrealloc(g->piece, g->cappiece, sizeof *g->piece);
	}
	g->piece[g->npiece++] = (struct piece){ (size_t)(e - g->entry), (unsigned)number, encoded, text };
}

void
gathered_keep(struct gathered *g, slice sent, struct place text)
{
	struct place name = begin_place(g);
	struct entry *e;
	uint64_t number;
	bool encoded;
	slice base;
	enum form form = split_name(sent, &base, &number, &encoded);

	for (size_t i = 0; i < base.n; i++)
		buf_add_byte(&g->text, char_lower(base.p[i]));
	end_place(g, &name);
	e = entry_of(g, name);
	if (e == NULL)
		return;
	if (form == FORM_PIECE)
		keep_piece(g, e, number, encoded, text);
	else if (form == FORM_EXTENDED)
		keep_text(g, &e->extended, &e->has_extended, text);
	else
		keep_text(g, &e->plain, &e->has_plain, text);
}

/* --- values put together --- */

static void
add_percent_decoded(struct gathered *g, struct buf *out, slice text)
{
	for (size_t i = 0; i < text.n; i++) {
		bool room = text.p[i] == '%' && text.n - i > 2;
		int high = room ? char_hex(text.p[i + 1]) : -1;
		int low = room ? char_hex(text.p[i + 2]) : -1;

		if (high >= 0 && low >= 0) {
			buf_add_byte(out, (uint8_t)(high << 4 | low));
			i += 2;
			continue;
		}
		if (text.p[i] == '%')
			g->params->problems |= PARAM_MALFORMED;
		buf_add_byte(out, text.p[i]);
	}
}

/* RFC 2231 4: "charset'language'" before the text. Without, as with an empty charset, it is taken for UTF-8. */
static slice
take_charset(struct gathered *g, slice *text)
{
	slice charset, language, rest;

	if (!slice_cut(*text, '\'', &charset, &rest) || !slice_cut(rest, '\'', &language, &rest)) {
		g->params->problems |= PARAM_MALFORMED;
		return S("utf-8");
	}
	*text = rest;
	return charset.n > 0 ? charset : S("utf-8");
}

static slice
add_room(struct gathered *g, slice text)
{
	struct buf *room = &g->params->room;
	size_t at = room->n;

	buf_add(room, text);
	return slice_drop(buf_slice(room), at);
}

static slice
add_converted(struct gathered *g, slice charset, slice bytes)
{
	struct buf *room = &g->params->room;
	size_t at = room->n;

	if (charset_to_utf8(charset, bytes, room) == CHARSET_UNKNOWN)
		g->params->problems |= PARAM_CHARSET;
	return slice_drop(buf_slice(room), at);
}

static slice
join_extended(struct gathered *g, const struct entry *e)
{
	slice text = text_of(g, e->extended), charset = take_charset(g, &text), value;
	struct buf bytes;

	buf_init(&bytes, text.n);
	add_percent_decoded(g, &bytes, text);
	value = add_converted(g, charset, buf_slice(&bytes));
	buf_fini(&bytes);
	return value;
}

static int
compare_pieces(const void *a, const void *b)
{
	const struct piece *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* A character may be split over pieces: all are put together before they are converted. */
static slice
join_pieces(struct gathered *g, const struct piece *piece, size_t n, bool *extended_r)
{
	slice charset = S("utf-8"), value;
	struct buf bytes;

	*extended_r = false;
	buf_init(&bytes, g->text.n);
	for (size_t i = 0; i < n; i++) {
		slice text = text_of(g, piece[i].text);

		*extended_r |= piece[i].encoded;
		if (i == 0 && piece[i].encoded)
			charset = take_charset(g, &text);
		if (piece[i].encoded)
			add_percent_decoded(g, &bytes, text);
		else
			buf_add(&bytes, text);
	}
	value = *extended_r ? add_converted(g, charset, buf_slice(&bytes)) : add_room(g, buf_slice(&bytes));
	buf_fini(&bytes);
	return value;
}

/* piece: the entry's, in order, if it has any. */
static struct param
join(struct gathered *g, const struct entry *e, const struct piece *piece)
{
	struct param param = { .name = add_room(g, text_of(g, e->name)), .extended = e->has_extended };

	if (e->pieces > 0 && piece[e->pieces - 1].number != e->pieces - 1)
		g->params->problems |= PARAM_CONTINUATION;
	if (e->has_extended)
		param.value = join_extended(g, e);
	else if (e->pieces > 0)
		param.value = join_pieces(g, piece, e->pieces, &param.extended);
	else
		param.value = add_room(g, text_of(g, e->plain));
	return param;
}

static void
join_all(struct gathered *g)
{
	struct params *params = g->params;
	size_t piece = 0;

	if (g->npiece > 0)
		qsort(g->piece, g->npiece, sizeof *g->piece, compare_pieces);
	if (g->nentry > 0)
		params->v = xcalloc(g->nentry, sizeof *params->v);
	for (size_t i = 0; i < g->nentry; i++) {
		const struct entry *e = &g->entry[i];

		if (e->has_plain || e->has_extended || e->pieces > 0)
			params->v[params->n++] = join(g, e, e->pieces > 0 ? g->piece + piece : NULL);
		piece += e->pieces;
	}
	if (params->room.full)
		params->problems |= PARAM_LIMIT;
}

void
gathered_join(struct gathered *g, struct place main)
{
	struct params *params = g->params;

	/* Reserved at once, so that slices of it stay. A byte becomes three in UTF-8, hardly ever four. */
	buf_init(&params->room, 4 * g->text.n);
	buf_reserve(&params->room, 4 * g->text.n);
	params->value = add_room(g, text_of(g, main));
	join_all(g);
}

void
gathered_fini(struct gathered *g)
{
	buf_fini(&g->text);
	free(g->entry);
	free(g->piece);
}
