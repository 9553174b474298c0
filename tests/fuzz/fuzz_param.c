/*
 * fuzz_param.c - parameters of any bytes. What is read lies in the params' own
 * room, names are unique and lower case; and each parameter, written as the
 * RFCs say, is read back the same.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "dissectors/mime/header/param.h"

static void
check_inside(const struct params *p, slice s)
{
	uintptr_t at = (uintptr_t)s.p, room = (uintptr_t)p->room.p;

	CHECK(s.n == 0 || (at >= room && at + s.n <= room + p->room.n));
}

static void
check_name(const struct params *p, size_t i)
{
	slice name = p->v[i].name;

	CHECK(name.n > 0);
	for (size_t k = 0; k < name.n; k++)
		CHECK(name.p[k] > ' ' && !char_is_upper(name.p[k]));
	for (size_t k = 0; k < i; k++)
		CHECK(!slice_eq(p->v[k].name, name));
}

/* RFC 2045 5.1 */
static void
write_quoted(struct buf *out, slice value)
{
	buf_text(out, "=\"");
	for (size_t i = 0; i < value.n; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, value.p[i]);
	}
	buf_text(out, "\"");
}

/* RFC 2231 4 */
static void
write_extended(struct buf *out, slice value)
{
	buf_text(out, "*=utf-8''");
	for (size_t i = 0; i < value.n; i++)
		buf_printf(out, "%%%02X", value.p[i]);
}

static bool
has_line_end(slice s)
{
	size_t at;

	return slice_find(s, '\n', &at) || slice_find(s, '\r', &at);
}

static void
check_written(const struct param *p)
{
	struct buf out;
	struct params again;

	if (slice_eq(p->name, S("**")) || (p->extended ? !utf8_valid(p->value) : has_line_end(p->value)))
		return;
	buf_init(&out, SIZE_MAX);
	buf_text(&out, "x/y; ");
	buf_add(&out, p->name);
	if (p->extended)
		write_extended(&out, p->value);
	else
		write_quoted(&out, p->value);
	buf_text(&out, "; **=1");		/* a name that is read for itself only */
	params_parse(&again, buf_slice(&out));
	CHECK(slice_eq(again.value, S("x/y")));
	CHECK(again.problems == 0);
	CHECK(slice_eq(params_get(&again, p->name), p->value));
	CHECK(again.n == 2 && slice_eq(params_get(&again, S("**")), S("1")));
	params_fini(&again);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	slice in = { data, size };
	struct params p;
	struct buf text;

	params_parse(&p, in);
	CHECK(p.n <= LIMIT_PARAMS && !p.room.full);
	check_inside(&p, p.value);
	buf_init(&text, 4 * size + 4);
	for (size_t i = 0; i < p.n; i++) {
		check_name(&p, i);
		check_inside(&p, p.v[i].name);
		check_inside(&p, p.v[i].value);
		CHECK(params_get(&p, p.v[i].name).p == p.v[i].value.p);
		CHECK(params_text(&p, p.v[i].name, &text));
		CHECK(!text.full);
		buf_clear(&text);
		if (i < 8)
			check_written(&p.v[i]);
	}
	buf_fini(&text);
	params_fini(&p);
	return 0;
}
