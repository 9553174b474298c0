#include "field.h"

#include "base/limits.h"
#include "header.h"
#include "word.h"

void
field_init(struct field_text *t)
{
	*t = (struct field_text){ .words = 0 };
	buf_init(&t->unfolded, LIMIT_HEADER);
	buf_init(&t->decoded, 4 * LIMIT_HEADER);
}

void
field_fini(struct field_text *t)
{
	buf_fini(&t->unfolded);
	buf_fini(&t->decoded);
}

/* Most fields are neither folded nor encoded: those are used where they lie. */
slice
field_decode(struct field_text *t, slice value)
{
	size_t at;

	t->words = 0;
	buf_clear(&t->unfolded);
	buf_clear(&t->decoded);
	if (slice_find(value, '\n', &at)) {
		header_unfold(value, &t->unfolded);
		value = buf_slice(&t->unfolded);
	}
	for (slice rest = value; slice_find(rest, '=', &at); rest = slice_drop(rest, at + 1))
		if (at + 1 < rest.n && rest.p[at + 1] == '?') {
			t->words = word_decode(value, &t->decoded);
			return buf_slice(&t->decoded);
		}
	return value;
}
