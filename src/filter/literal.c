#include "literal.h"

#include <string.h>

#include "base/chars.h"
#include "base/limits.h"

/* --- numbers --- */

static bool
hexadecimal(slice s, uint64_t *n_r)
{
	*n_r = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (char_hex(s.p[i]) < 0)
			return false;
		*n_r = *n_r << 4 | (uint64_t)char_hex(s.p[i]);
	}
	return s.n > 0 && s.n <= 15;
}

static const char *
parse_number(slice s, struct value *v)
{
	static const char why[] = "this is no number; write as 550, 0x226 or 10k";
	static const slice units[] = { SLICE("k"), SLICE("m"), SLICE("g"), SLICE("t") };
	size_t digits = 0;
	bool minus = slice_starts(s, S("-"));
	uint64_t n;

	s = slice_drop(s, minus);
	if (slice_istarts(s, S("0x"))) {
		if (!hexadecimal(slice_drop(s, 2), &n))
			return why;
		v->number = minus ? -(int64_t)n : (int64_t)n;
		return NULL;
	}
	while (digits < s.n && char_is_digit(s.p[digits]))
		digits++;
	if (!slice_number(slice_take(s, digits), &n) || n > INT64_MAX)
		return why;
	s = slice_drop(s, digits);
	for (size_t i = 0; s.n > 0; i++) {
		if (i == sizeof units / sizeof units[0])
			return why;
		if (n > (uint64_t)INT64_MAX / 1024)
			return why;
		n *= 1024;
		if (slice_ieq(s, units[i]) || (s.n == 2 && slice_istarts(s, units[i]) && char_lower(s.p[1]) == 'b')
		    || (s.n == 3 && slice_istarts(s, units[i]) && slice_ieq(slice_drop(s, 1), S("ib"))))
			break;
	}
	v->number = minus ? -(int64_t)n : (int64_t)n;
	return NULL;
}

/* Digits with a point, in billionths; what is finer is dropped. */
static bool
decimal(slice s, int64_t *n_r, slice *rest_r)
{
	int64_t whole = 0, part = 0, scale = NSTIME_S;
	size_t i = 0, digits = 0;

	for (; i < s.n && char_is_digit(s.p[i]); i++, digits++) {
		if (whole > INT64_MAX / NSTIME_S / 16)
			return false;
		whole = whole * 10 + (s.p[i] - '0');
	}
	if (whole > INT64_MAX / NSTIME_S - 1)
		return false;
	if (i < s.n && s.p[i] == '.')
		for (i++; i < s.n && char_is_digit(s.p[i]); i++, digits++) {
			scale /= 10;
			part += scale * (s.p[i] - '0');
		}
	*n_r = whole * NSTIME_S + part;
	*rest_r = slice_drop(s, i);
	return digits > 0;
}

static const char *
parse_span(slice s, struct value *v)
{
	static const char why[] = "this is no time span; write seconds as 2.4, or 300ms, 5m, 2h";
	static const struct { slice unit; int64_t times, parts; } units[] = {
		{ SLICE(""), 1, 1 }, { SLICE("s"), 1, 1 }, { SLICE("ms"), 1, 1000 }, { SLICE("us"), 1, 1000000 },
		{ SLICE("m"), 60, 1 }, { SLICE("min"), 60, 1 }, { SLICE("h"), 3600, 1 }, { SLICE("d"), 86400, 1 },
	};
	bool minus = slice_starts(s, S("-"));
	int64_t n;
	slice unit;

	if (!decimal(slice_drop(s, minus), &n, &unit))
		return why;
	for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
		if (slice_ieq(unit, units[i].unit)) {
			if (n > INT64_MAX / units[i].times)
				return why;
			n = n * units[i].times / units[i].parts;
			v->number = minus ? -n : n;
			return NULL;
		}
	return why;
}

/* --- times --- */

static bool
take_digits(slice *s, size_t n, int *value_r)
{
	*value_r = 0;
	if (s->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!char_is_digit(s->p[i]))
			return false;
		*value_r = *value_r * 10 + (s->p[i] - '0');
	}
	*s = slice_drop(*s, n);
	return true;
}

static bool
take_byte(slice *s, uint8_t c)
{
	if (s->n == 0 || char_lower(s->p[0]) != char_lower(c))
		return false;
	*s = slice_drop(*s, 1);
	return true;
}

/* "18:29:01.5", seconds and fraction may be absent. */
static bool
take_clock(slice *s, struct civil *c, int64_t *fraction_r)
{
	if (!take_digits(s, 2, &c->hour) || !take_byte(s, ':') || !take_digits(s, 2, &c->minute))
		return false;
	if (take_byte(s, ':') && !take_digits(s, 2, &c->second))
		return false;
	if (take_byte(s, '.') && !decimal((slice){ s->p - 1, s->n + 1 }, fraction_r, s))
		return false;
	return c->hour < 24 && c->minute < 60 && c->second <= 60;
}

/* "Z", "+01:00", "+0100" or nothing: seconds east of UTC. */
static bool
take_zone(slice *s, int *east_r)
{
	bool west = s->n > 0 && s->p[0] == '-';
	int hours, minutes;

	*east_r = 0;
	if (s->n == 0 || (s->n == 1 && take_byte(s, 'Z')))
		return true;
	if (!take_byte(s, '+') && !take_byte(s, '-'))
		return false;
	if (!take_digits(s, 2, &hours) || (take_byte(s, ':'), !take_digits(s, 2, &minutes)) || hours > 14 || minutes > 59)
		return false;
	*east_r = (hours * 60 + minutes) * 60 * (west ? -1 : 1);
	return s->n == 0;
}

static bool
is_day(const struct civil *c)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);

	return c->month >= 1 && c->month <= 12 && c->day >= 1 && c->day <= days[c->month - 1] + (leap && c->month == 2)
	    && c->year >= 1970 && c->year < 2262;
}

static const char *
parse_time(slice s, struct value *v)
{
	static const char why[] = "this is no time; write as 2026-11-21, \"2026-11-21 18:29:01.5\" or seconds since 1970 (UTC)";
	struct civil c = { 0 };
	int64_t fraction = 0;
	int year, east = 0;
	slice rest = s;

	if (decimal(s, &v->number, &rest) && rest.n == 0)
		return NULL;
	rest = s;
	if (!take_digits(&rest, 4, &year) || !take_byte(&rest, '-') || !take_digits(&rest, 2, &c.month) || !take_byte(&rest, '-')
	    || !take_digits(&rest, 2, &c.day))
		return why;
	c.year = year;
	if (take_byte(&rest, 'T') || take_byte(&rest, ' ')) {
		if (!take_clock(&rest, &c, &fraction))
			return why;
		take_byte(&rest, ' ');
	}
	if (!take_zone(&rest, &east) || !is_day(&c))
		return why;
	v->number = nstime_from_civil(c) + fraction - east * NSTIME_S;
	return NULL;
}

/* --- addresses --- */

static void
widen(struct literal *l, unsigned bits)
{
	size_t bytes = l->from.addr.family == 4 ? 4 : 16;

	l->to = l->from;
	for (size_t i = 0; i < bytes; i++) {
		unsigned kept = bits > 8 * i ? bits - 8 * (unsigned)i : 0;
		uint8_t rest = (uint8_t)(kept >= 8 ? 0 : 0xff >> kept);

		l->from.addr.ip[i] &= (uint8_t)~rest;
		l->to.addr.ip[i] |= rest;
	}
}

static const char *
parse_address(slice s, struct literal *l)
{
	slice address, bits;
	bool net = slice_cut(s, '/', &address, &bits);
	uint64_t n = 128;

	if (!addr_parse(address, &l->from.addr))
		return "this is no address; write as 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32 (names are not looked up)";
	if (net && (!slice_number(bits, &n) || n > (l->from.addr.family == 4 ? 32 : 128)))
		return "a network is written as 192.0.2.0/24 or 2001:db8::/32";
	widen(l, (unsigned)n);
	return NULL;
}

/* --- words --- */

static const char *
parse_flag(slice s, struct value *v)
{
	static const struct { slice word; bool value; } table[] = {
		{ SLICE("true"), true }, { SLICE("false"), false }, { SLICE("yes"), true }, { SLICE("no"), false },
		{ SLICE("1"), true }, { SLICE("0"), false },
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (slice_ieq(s, table[i].word)) {
			v->number = table[i].value;
			return NULL;
		}
	return "this is true or false";
}

static const char *
parse_severity(slice s, struct value *v)
{
	enum severity severity;

	if (!severity_parse(s, &severity))
		return "a severity is info, note, warning or alert";
	v->number = severity;
	return NULL;
}

static const char *
parse_hex(const struct field *f, slice s, struct arena *arena, struct value *v)
{
	static const char *const why = "this is no whole digest: SHA-256 has 64 digits, SHA-1 40, MD5 32; contains finds a piece of one";
	uint8_t *out = arena_zero(arena, s.n + 1);
	size_t n = 0;

	if (out == NULL)
		return "the filter takes too much memory";
	for (size_t i = 0; i < s.n; i++)
		if (char_hex(s.p[i]) >= 0)
			out[n++] = char_lower(s.p[i]);
		else if (s.p[i] != ':' && s.p[i] != '-')
			return "a digest is written in hexadecimal";
	v->text = (slice){ out, n };
	return f == NULL || n == 2 * f->at ? NULL : why;
}

static const char *
parse_text(const struct field *f, slice s, struct value *v)
{
	v->text = s.p != NULL ? s : S("");
	for (size_t i = 0; f->word != NULL; i++) {
		const char *word = f->word(i);

		if (word == NULL)
			return "this field never has that value";
		if (slice_ieq(s, slice_of(word))) {
			v->text = slice_of(word);
			return NULL;
		}
	}
	return NULL;
}

const char *
literal_parse(const struct field *f, slice text, struct arena *arena, struct literal *l)
{
	const char *why = NULL;

	*l = (struct literal){ .said = text };
	switch (f->type) {
	case FIELD_TEXT:	why = parse_text(f, text, &l->from); break;
	case FIELD_NUMBER:	why = parse_number(text, &l->from); break;
	case FIELD_ADDRESS:	return parse_address(text, l);
	case FIELD_TIME:	why = parse_time(text, &l->from); break;
	case FIELD_SPAN:	why = parse_span(text, &l->from); break;
	case FIELD_FLAG:	why = parse_flag(text, &l->from); break;
	case FIELD_SEVERITY:	why = parse_severity(text, &l->from); break;
	case FIELD_HEX:		why = parse_hex(f, text, arena, &l->from); break;
	}
	l->to = l->from;
	return why;
}

const char *
literal_parse_piece(const struct field *f, slice text, struct arena *arena, struct literal *l)
{
	const char *why = NULL;

	*l = (struct literal){ .said = text, .from = { .text = text.p != NULL ? text : S("") } };
	if (f->type == FIELD_HEX)
		why = parse_hex(NULL, text, arena, &l->from);
	l->to = l->from;
	return why;
}

/* --- order --- */

static int
compare_folded(slice a, slice b)
{
	size_t n = a.n < b.n ? a.n : b.n;

	for (size_t i = 0; i < n; i++)
		if (char_lower(a.p[i]) != char_lower(b.p[i]))
			return char_lower(a.p[i]) < char_lower(b.p[i]) ? -1 : 1;
	return a.n == b.n ? 0 : a.n < b.n ? -1 : 1;
}

int
value_compare(const struct field *f, const struct value *a, const struct value *b, bool *comparable_r)
{
	*comparable_r = true;
	switch (f->type) {
	case FIELD_TEXT:
	case FIELD_HEX:
		return f->folds_case ? compare_folded(a->text, b->text) : slice_compare(a->text, b->text);
	case FIELD_ADDRESS:
		*comparable_r = a->addr.family == b->addr.family;
		return memcmp(a->addr.ip, b->addr.ip, sizeof a->addr.ip);
	default:
		return (a->number > b->number) - (a->number < b->number);
	}
}

bool
value_is_in(const struct field *f, const struct value *v, const struct literal *l)
{
	bool comparable;

	return value_compare(f, v, &l->from, &comparable) >= 0 && comparable && value_compare(f, v, &l->to, &comparable) <= 0;
}

bool
literal_range(const struct field *f, struct literal *from, const struct literal *to)
{
	bool comparable;

	from->to = to->to;
	from->said_to = to->said;
	return value_compare(f, &from->from, &from->to, &comparable) <= 0 && comparable;
}
