#include "ports.h"

#include <stdlib.h>

#include "base/err.h"

enum { PORTS = 65536, SHOWN = 4 };

struct ports {
	uint64_t total;
	uint32_t count[PORTS];
};

struct ports *
ports_new(void)
{
	return xcalloc(1, sizeof(struct ports));
}

void
ports_free(struct ports **p)
{
	free(*p);
	*p = NULL;
}

void
ports_count(struct ports *p, uint16_t a, uint16_t b)
{
	uint32_t *count = &p->count[a < b ? a : b];

	p->total++;
	if (*count < UINT32_MAX)
		++*count;
}

/* The busiest port that comes after `last` in the order of (count, port), or -1. */
static int
next_busiest(const struct ports *p, int last)
{
	int best = -1;

	for (int i = 0; i < PORTS; i++) {
		bool after = last < 0 || p->count[i] < p->count[last] || (p->count[i] == p->count[last] && i > last);

		if (p->count[i] > 0 && after && (best < 0 || p->count[i] > p->count[best]))
			best = i;
	}
	return best;
}

void
ports_tell(const struct ports *p, struct buf *out)
{
	int port = -1;

	if (p->total == 0) {
		buf_printf(out, "no TCP");
		return;
	}
	buf_printf(out, "TCP ports seen:");
	for (int i = 0; i < SHOWN && (port = next_busiest(p, port)) >= 0; i++)
		buf_printf(out, "%s %d (%u %%)", i ? "," : "", port, (unsigned)((uint64_t)p->count[port] * 100 / p->total));
}
