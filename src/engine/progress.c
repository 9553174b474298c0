#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/machine.h"

enum { BAR = 40 };

struct progress {
	bool json, drawn;
	nstime started, next;
};

struct progress *
progress_new(bool json, bool bar)
{
	struct progress *p;

	if (!json && !(bar && isatty(STDERR_FILENO)))
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->json = json;
	p->started = machine_steady();
	p->next = p->started + (json ? 0 : NSTIME_S);
	return p;
}

void
progress_free(struct progress **p)
{
	free(*p);
	*p = NULL;
}

static void
draw(struct progress *p, const struct source_stats *s)
{
	char bar[BAR + 1];
	unsigned filled;

	p->drawn = true;
	if (s->size == 0) {
		fprintf(stderr, "\r%llu packets, %llu MB ", (unsigned long long)s->packets, (unsigned long long)(s->bytes / 1000000));
		return;
	}
	filled = (unsigned)((double)s->read / (double)s->size * BAR);
	memset(bar, ' ', BAR);
	memset(bar, '=', filled < BAR ? filled : BAR);
	bar[BAR] = '\0';
	fprintf(stderr, "\r[%s] %3u %%  %llu packets ", bar, (unsigned)((double)s->read / (double)s->size * 100),
	    (unsigned long long)s->packets);
}

void
progress_show(void *self, const struct source_stats *s, bool over)
{
	struct progress *p = self;
	nstime now = machine_steady();

	if (now < p->next && !over)
		return;
	p->next = now + NSTIME_S / 10;
	if (p->json)
		fprintf(stderr, "{\"type\":\"progress\",\"read\":%llu,\"size\":%llu,\"packets\":%llu,\"over\":%s}\n",
		    (unsigned long long)s->read, (unsigned long long)s->size, (unsigned long long)s->packets, over ? "true" : "false");
	else if (!over)
		draw(p, s);
	else if (p->drawn)
		fprintf(stderr, "\r%*s\r", BAR + 40, "");
}
