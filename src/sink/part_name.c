#include "part_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/chars.h"

enum { STEM_UID = 8, PATH_KEPT = 80, EXTENSION_KEPT = 16 };

char *
mail_stem(const struct rec_message *m, char stem[MAIL_STEM])
{
	char stamp[NSTIME_TEXT];

	snprintf(stem, MAIL_STEM, "%s-%.*s-%u", nstime_stamp(m->time, stamp), STEM_UID, m->session->uid, (unsigned)m->index);
	return stem;
}

bool
part_is_file(const struct rec_part *p, bool all)
{
	return p->kind != PART_MULTIPART && (all || p->filename.n > 0 || slice_eq(p->disposition, S("attachment")));
}

static bool
is_safe(uint8_t c)
{
	return char_is_alnum(c) || c == '.' || c == '-' || c == '_';
}

/* Behind the last slash or backslash (RFC 2183 2.3: directories are not ours to take from a message). */
static slice
last_component(slice name)
{
	for (size_t i = name.n; i > 0; i--)
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
			return slice_drop(name, i);
	return name;
}

/* Only our own letters; one underscore for any run of others. Neither dot nor dash in front. */
static void
make_safe(slice name, struct buf *out)
{
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = is_safe(name.p[i]) ? name.p[i] : '_';

		if (out->n == 0 ? c == '.' || c == '-' : c == '_' && out->p[out->n - 1] == '_')
			continue;
		buf_add_byte(out, c);
	}
}

/* With its dot; empty: none that is short enough to keep. */
static slice
extension_of(slice name)
{
	for (size_t i = name.n; i > 1 && name.n - i < EXTENSION_KEPT; i--)
		if (name.p[i - 1] == '.')
			return i < name.n ? slice_drop(name, i - 1) : SLICE_NONE;
	return SLICE_NONE;
}

/* A part that was sent without a name is called by what it is. */
static const char *
plain_name(const struct rec_part *p)
{
	static const struct { const char *type, *name; } names[] = {
		{ "text/plain", "part.txt" }, { "text/html", "part.html" }, { "text/calendar", "part.ics" }, { "text/csv", "part.csv" },
		{ "message/rfc822", "part.eml" }, { "message/global", "part.eml" }, { "text/rfc822-headers", "part.txt" },
		{ "message/delivery-status", "part.txt" }, { "application/pdf", "part.pdf" }, { "application/zip", "part.zip" },
		{ "image/jpeg", "part.jpg" }, { "image/png", "part.png" }, { "image/gif", "part.gif" },
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_eq(p->content_type, slice_of(names[i].type)))
			return names[i].name;
	return "part";
}

static void
add_name(struct buf *out, const struct rec_part *p)
{
	struct buf safe;
	slice name, extension;

	buf_init(&safe, 4 * LIMIT_FILE_NAME);
	make_safe(last_component(p->filename), &safe);
	name = buf_slice(&safe);
	if (name.n == 0)
		name = slice_of(plain_name(p));
	extension = name.n > PART_NAME_KEPT ? extension_of(name) : SLICE_NONE;
	buf_add(out, slice_take(name, PART_NAME_KEPT - extension.n));
	buf_add(out, extension);
	buf_fini(&safe);
}

static bool
is_plain_path(slice path)
{
	for (size_t i = 0; i < path.n; i++)
		if (!char_is_digit(path.p[i]) && path.p[i] != '.')
			return false;
	return path.n > 0 && path.n <= PATH_KEPT;
}

/* Paths too long for a name give way to the part's number. */
static void
add_path(struct buf *out, const struct rec_message *m, const struct rec_part *p)
{
	const struct rec_part *holder = p->holder > 0 && p->holder <= m->npart ? &m->part[p->holder - 1] : p;

	if (is_plain_path(holder->path))
		buf_add(out, holder->path);
	else
		buf_printf(out, "p%" PRIu32, holder->number);
	if (p->kind == PART_UNPACKED)
		buf_printf(out, "_%" PRIu32, holder == p ? p->number : p->nth);
}

static char *
end_name(struct buf *out, bool whole, char name[PART_NAME])
{
	if (!whole)
		buf_add(out, S(".partial"));
	snprintf(name, PART_NAME, "%.*s", (int)out->n, (const char *)out->p);
	buf_fini(out);
	return name;
}

char *
part_name(const struct rec_message *m, const struct rec_part *p, bool whole, char name[PART_NAME])
{
	char stem[MAIL_STEM];
	struct buf out;

	buf_init(&out, PART_NAME - 1);
	buf_printf(&out, "%s-", mail_stem(m, stem));
	add_path(&out, m, p);
	buf_add_byte(&out, '-');
	add_name(&out, p);
	return end_name(&out, whole, name);
}

char *
part_name_unknown(const struct rec_message *m, uint32_t number, bool whole, char name[PART_NAME])
{
	char stem[MAIL_STEM];
	struct buf out;

	buf_init(&out, PART_NAME - 1);
	buf_printf(&out, "%s-p%" PRIu32 "-part", mail_stem(m, stem), number);
	return end_name(&out, whole, name);
}
