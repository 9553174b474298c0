#include "facts.h"

#include "base/buf.h"
#include "base/digits.h"
#include "base/limits.h"

static bool
is_edge(uint8_t c)
{
	return char_is_blank(c) || c == '\r' || c == '\n' || c == '\0';
}

static slice
without_edges(slice s)
{
	while (s.n > 0 && is_edge(s.p[0]))
		s = slice_drop(s, 1);
	while (s.n > 0 && is_edge(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The first `n` bytes, and no half of a character of UTF-8 at the end. */
static slice
cut(slice s, size_t n)
{
	size_t back = 0;

	while (back < 3 && n > back && (s.p[n - back] & 0xc0) == 0x80)
		back++;
	return slice_take(s, n - back);
}

void
facts_tell(struct facts *f, unsigned group, slice name, slice value)
{
	value = without_edges(value);
	if (value.n == 0 || name.n == 0)
		return;
	if (f->n == LIMIT_FACTS) {
		f->truncated = true;
		return;
	}
	if (value.n > LIMIT_FACT) {
		f->truncated = true;
		value = cut(value, LIMIT_FACT);
	}
	f->n++;
	f->user->fact(f->user->self, group, name, value);
}

static slice
number(uint64_t value, char text[DIGITS_MAX])
{
	return (slice){ (const uint8_t *)text, (size_t)(digits_put(text, value, 1) - text) };
}

void
facts_number(struct facts *f, unsigned group, slice name, uint64_t value)
{
	char text[DIGITS_MAX];

	facts_tell(f, group, name, number(value, text));
}

void
facts_time(struct facts *f, unsigned group, slice name, nstime t)
{
	char text[NSTIME_TEXT];

	facts_tell(f, group, name, slice_of(nstime_utc(t, 0, text)));
}

void
facts_total(struct facts *f, slice name, uint64_t value)
{
	char text[DIGITS_MAX];

	f->user->fact(f->user->self, 0, name, number(value, text));
}
