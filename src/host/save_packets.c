/* save_packets.c - packets into a capture: packets.h, as one kind of saving among others. */
#include <stdlib.h>

#include "base/err.h"
#include "packets.h"
#include "save_job.h"

struct job { struct packets *packets; };

/* A sentence that came in a buf instead of a warning. */
static void
pass_on(struct buf *words)
{
	if (words->n > 0)
		warn("%.*s", (int)words->n, (const char *)words->p);
	buf_clear(words);
}

static void *
packets_begin(const struct save_order *order)
{
	const struct save_request *r = order->request;
	struct packets_options options = {
		.options = order->options, .tee = order->tee, .model = order->model, .item = r->item, .n = r->n, .path = order->path,
	};
	struct job *j = xcalloc(1, sizeof *j);
	struct buf why;

	buf_init(&why, KiB);
	j->packets = packets_new(&options, &why);
	if (j->packets == NULL) {
		pass_on(&why);
		free(j);
		j = NULL;
	}
	buf_fini(&why);
	return j;
}

static int
packets_go_on(void *self, nstime until, unsigned *percent_r, struct buf *said)
{
	struct job *j = self;
	int status = packets_work(&j->packets, until, percent_r, said);

	if (status < 0)
		pass_on(said);
	if (status != 1)
		free(j);
	return status;
}

static void
packets_end(void *self)
{
	struct job *j = self;

	packets_stop(&j->packets);
	free(j);
}

const struct save_kind save_packets = { packets_begin, packets_go_on, packets_end };
