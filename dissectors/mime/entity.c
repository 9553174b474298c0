#include "entity.h"

#include "base/limits.h"
#include "dissectors/mime/header/judge.h"
#include "dissectors/mime/header/param.h"

void
entity_init(struct entity *e)
{
	*e = (struct entity){ .kind = ENTITY_LEAF };
	buf_init(&e->type, LIMIT_TOKEN);
	buf_init(&e->charset, LIMIT_TOKEN);
	buf_init(&e->encoding, LIMIT_TOKEN);
	buf_init(&e->disposition, LIMIT_TOKEN);
	buf_init(&e->filename, LIMIT_NAME_READ);
	buf_init(&e->id, LIMIT_DETAIL);
	buf_init(&e->description, LIMIT_DETAIL);
	buf_init(&e->boundary, LIMIT_BOUNDARY);
	buf_init(&e->short_name, LIMIT_FILE_NAME);
}

#define BUFS(e) { &(e)->type, &(e)->charset, &(e)->encoding, &(e)->disposition, &(e)->filename, &(e)->id, \
	&(e)->description, &(e)->boundary, &(e)->short_name }
enum { NBUFS = 9, EXTENSION_KEPT = 16 };

void
entity_fini(struct entity *e)
{
	struct buf *all[NBUFS] = BUFS(e);

	for (size_t i = 0; i < NBUFS; i++)
		buf_fini(all[i]);
}

void
entity_clear(struct entity *e)
{
	struct entity empty = { .type = e->type, .charset = e->charset, .encoding = e->encoding, .disposition = e->disposition,
	    .filename = e->filename, .id = e->id, .description = e->description, .boundary = e->boundary,
	    .short_name = e->short_name };
	struct buf *all[NBUFS] = BUFS(e);

	*e = empty;
	for (size_t i = 0; i < NBUFS; i++)
		buf_clear(all[i]);
}

size_t
entity_memory(const struct entity *e)
{
	const struct buf *all[NBUFS] = BUFS(e);
	size_t n = 0;

	for (size_t i = 0; i < NBUFS; i++)
		n += all[i]->cap;
	return n;
}

slice
entity_text(bool has, const struct buf *b)
{
	if (!has)
		return SLICE_NONE;
	return b->n > 0 ? buf_slice(b) : S("");
}

static void
put_lower(struct buf *to, slice from)
{
	buf_clear(to);
	for (size_t i = 0; i < from.n; i++)
		buf_add_byte(to, char_lower(from.p[i]));
}

/* --- the boundary --- */

static bool
is_space(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n';
}

static slice
skip_space(slice s)
{
	while (s.n > 0 && is_space(s.p[0]))
		s = slice_drop(s, 1);
	return s;
}

/* Behind the next "boundary" that begins a parameter's name. False: there is none. */
static bool
next_name(slice *in)
{
	const slice name = S("boundary");

	for (slice s = *in; s.n > name.n; s = slice_drop(s, 1))
		if ((s.p[0] == ';' || s.p[0] == ',' || is_space(s.p[0])) && slice_istarts(slice_drop(s, 1), name)) {
			slice rest = skip_space(slice_drop(s, 1 + name.n));

			if (rest.n > 0 && (rest.p[0] == '=' || rest.p[0] == '*' || rest.p[0] == '(')) {
				*in = rest;
				return true;
			}
		}
	return false;
}

/* RFC 2046 5.1.1, and what mail has besides: nothing that readers must undo, or cut at. */
static bool
is_plain(slice boundary, bool quoted)
{
	if (boundary.n > 0 && boundary.p[boundary.n - 1] == ' ')
		return false;
	for (size_t i = 0; i < boundary.n; i++) {
		uint8_t c = boundary.p[i];

		if (c < ' ' || c > '~' || c == '"' || c == '\\' || (!quoted && (c == ' ' || c == ';' || c == ',' || c == '(')))
			return false;
	}
	return true;
}

/* Does the boundary stand behind its name as it is, so that no reader can see another one? `rest` begins at the "=". */
static bool
stands_plainly(slice rest, slice boundary)
{
	bool quoted;

	if (rest.p[0] != '=')
		return false;
	rest = skip_space(slice_drop(rest, 1));
	quoted = slice_starts(rest, S("\""));
	rest = slice_drop(rest, quoted);
	if (!is_plain(boundary, quoted) || !slice_starts(rest, boundary))
		return false;
	rest = slice_drop(rest, boundary.n);
	if (quoted)
		return slice_starts(rest, S("\""));
	return rest.n == 0 || rest.p[0] == ';' || is_space(rest.p[0]);
}

static void
take_boundary(struct entity *e, slice value, const struct params *p)
{
	slice boundary = params_get(p, S("boundary")), rest = value;

	e->has_boundary = boundary.n > 0 && boundary.n <= LIMIT_BOUNDARY;
	e->doubtful = boundary.n > LIMIT_BOUNDARY || (boundary.p != NULL && !(next_name(&rest) && stands_plainly(rest, boundary)));
	e->doubtful |= (p->problems & PARAM_DUPLICATE) != 0 && next_name(&rest);
	if (e->has_boundary)
		buf_add(&e->boundary, boundary);
}

/* --- the fields --- */

/* "type/subtype"; RFC 2045 5.2: what is none counts as nothing. */
static bool
is_type(slice s)
{
	slice type, subtype, more;

	return slice_cut(s, '/', &type, &subtype) && type.n > 0 && subtype.n > 0 && !slice_cut(subtype, '/', &subtype, &more);
}

/* Content-Disposition's name counts, whichever comes first; but an empty one takes no other's place. */
static void
take_name(struct entity *e, const struct params *p, slice parameter, bool by_type)
{
	slice name = params_get(p, parameter);

	if (name.p == NULL || (e->has_filename && (by_type || !e->named_by_type || name.n == 0)))
		return;
	buf_clear(&e->filename);
	params_text(p, parameter, &e->filename);
	e->has_filename = true;
	e->named_by_type = by_type;
}

static void
take_type(struct entity *e, slice value)
{
	struct params p;
	slice charset;

	params_parse(&p, value);
	if (is_type(p.value)) {
		e->declared = true;
		put_lower(&e->type, p.value);
	}
	charset = params_get(&p, S("charset"));
	if (charset.p != NULL)
		put_lower(&e->charset, charset);
	if (slice_ieq(params_get(&p, S("format")), S("flowed")))
		e->flow = slice_ieq(params_get(&p, S("delsp")), S("yes")) ? TEXT_FLOWED_DELSP : TEXT_FLOWED;
	if (slice_starts(p.value, S("multipart/")))
		take_boundary(e, value, &p);
	take_name(e, &p, S("name"), true);
	params_fini(&p);
}

/* A second Content-Type counts for nothing, unless some readers see other parts by it. */
static void
compare_type(struct entity *e, slice value)
{
	struct params p;

	params_parse(&p, value);
	if ((slice_starts(p.value, S("multipart/")) || slice_starts(buf_slice(&e->type), S("multipart/")))
	    && !slice_eq(params_get(&p, S("boundary")), buf_slice(&e->boundary)))
		e->doubtful = true;
	params_fini(&p);
}

static void
take_disposition(struct entity *e, slice value)
{
	struct params p;

	params_parse(&p, value);
	put_lower(&e->disposition, p.value);
	take_name(e, &p, S("filename"), false);
	params_fini(&p);
}

static void
take_encoding(struct entity *e, slice value)
{
	e->cte = cte_find(value);
	put_lower(&e->encoding, cte_name(value));
}

static void
content_type(struct entity *e, const struct header_field *f, slice decoded)
{
	(void)decoded;
	if (e->has_type)
		compare_type(e, f->value);
	else
		take_type(e, f->value);
	e->has_type = true;
}

static void
content_encoding(struct entity *e, const struct header_field *f, slice decoded)
{
	(void)f;
	if (!e->has_encoding)
		take_encoding(e, decoded);
	e->has_encoding = true;
}

static void
content_disposition(struct entity *e, const struct header_field *f, slice decoded)
{
	(void)decoded;
	if (!e->has_disposition)
		take_disposition(e, f->value);
	e->has_disposition = true;
}

static void
content_id(struct entity *e, const struct header_field *f, slice decoded)
{
	(void)f;
	if (!e->has_id)
		buf_add(&e->id, slice_trim(decoded));
	e->has_id = true;
}

static void
content_description(struct entity *e, const struct header_field *f, slice decoded)
{
	(void)f;
	if (!e->has_description)
		buf_add(&e->description, slice_trim(decoded));
	e->has_description = true;
}

static const struct { slice name; void (*take)(struct entity *, const struct header_field *, slice decoded); } fields[] = {
	{ SLICE("Content-Type"), content_type },
	{ SLICE("Content-Transfer-Encoding"), content_encoding },
	{ SLICE("Content-Disposition"), content_disposition },
	{ SLICE("Content-ID"), content_id },
	{ SLICE("Content-Description"), content_description },
};

void
entity_field(struct entity *e, const struct header_field *f, slice decoded)
{
	if (!slice_istarts(f->name, S("Content-")))
		return;
	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (slice_ieq(f->name, fields[i].name))
			fields[i].take(e, f, decoded);
}

/* --- the header is over --- */

static enum entity_kind
kind_of(slice type)
{
	if (slice_starts(type, S("multipart/")))
		return ENTITY_MULTIPART;
	if (slice_eq(type, S("message/rfc822")) || slice_eq(type, S("message/global")))
		return ENTITY_MESSAGE;
	if (slice_eq(type, S("message/partial")) || slice_eq(type, S("message/external-body")))
		return ENTITY_ELSEWHERE;
	return ENTITY_LEAF;
}

slice
entity_filename(const struct entity *e)
{
	return entity_text(e->has_filename, e->filename.n > LIMIT_FILE_NAME ? &e->short_name : &e->filename);
}

/* A name over the limit is cut in its middle, visibly: its end says what opens it. */
static void
shorten_name(struct entity *e)
{
	static const slice cut = SLICE("\xe2\x80\xa6");	/* U+2026 */
	slice name = buf_slice(&e->filename), extension = name_extension(name), head;

	if (name.n <= LIMIT_FILE_NAME)
		return;
	if (extension.n > EXTENSION_KEPT)
		extension = SLICE_NONE;
	head = slice_take(name, LIMIT_FILE_NAME - cut.n - extension.n - (extension.n > 0));
	while (head.n > 0 && (name.p[head.n] & 0xc0) == 0x80)
		head.n--;
	buf_add(&e->short_name, head);
	buf_add(&e->short_name, cut);
	if (extension.n > 0)
		buf_add_byte(&e->short_name, '.');
	buf_add(&e->short_name, extension);
}

void
entity_settle(struct entity *e, bool in_digest)
{
	if (!e->declared) {
		buf_clear(&e->type);
		buf_add(&e->type, in_digest ? S("message/rfc822") : S("text/plain"));
	}
	shorten_name(e);
	e->kind = kind_of(buf_slice(&e->type));
	e->digest = slice_eq(buf_slice(&e->type), S("multipart/digest"));
}
