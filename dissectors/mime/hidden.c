#include "hidden.h"

#include "base/limits.h"
#include "boundary.h"

void
hidden_init(struct hidden *h)
{
	*h = (struct hidden){ .skip = false };
	buf_init(&h->boundary, LIMIT_BOUNDARY);
	buf_init(&h->line, LIMIT_DELIMITER);
}

void
hidden_fini(struct hidden *h)
{
	buf_fini(&h->boundary);
	buf_fini(&h->line);
}

void
hidden_begin(struct hidden *h, slice boundary)
{
	buf_clear(&h->boundary);
	buf_add(&h->boundary, boundary);
	hidden_gap(h);
	h->skip = false;
}

void
hidden_gap(struct hidden *h)
{
	buf_clear(&h->line);
	h->skip = true;
}

/* A field that only parts have, or one more delimiter behind the last. */
static bool
is_of_part(const struct hidden *h, slice line)
{
	static const slice fields[] = { SLICE("Content-Type:"), SLICE("Content-Transfer-Encoding:"), SLICE("Content-Disposition:") };

	for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
		if (slice_istarts(line, fields[i]))
			return true;
	return h->boundary.n > 0 && boundary_match(line, buf_slice(&h->boundary)) >= BOUNDARY_DELIMITER;
}

/* To the end of the line, whose first byte tells whether it can be of interest. Returns what is left. */
static slice
take_line(struct hidden *h, slice in, bool *found_r)
{
	size_t lf;
	bool whole = slice_find(in, '\n', &lf);
	slice line = slice_take(in, whole ? lf + 1 : in.n);

	if (h->line.n == 0 && in.p[0] != 'c' && in.p[0] != 'C' && in.p[0] != '-')
		h->skip = true;
	if (!h->skip && !buf_add(&h->line, line)) {
		*found_r |= is_of_part(h, buf_slice(&h->line));
		h->skip = true;
	}
	if (whole) {
		*found_r |= !h->skip && is_of_part(h, buf_slice(&h->line));
		buf_clear(&h->line);
		h->skip = false;
	}
	return slice_drop(in, line.n);
}

bool
hidden_feed(struct hidden *h, slice in)
{
	bool found = false;

	while (in.n > 0 && !found)
		in = take_line(h, in, &found);
	return found;
}
