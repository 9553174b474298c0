#include "drops.h"

#include "base/words.h"

void
drops_init(struct drop_log *l)
{
	*l = (struct drop_log){ .read = NSTIME_NONE };
}

void
drops_forget_times(struct drop_log *l)
{
	l->n = l->next = 0;
	l->read = NSTIME_NONE;
	l->spate.all.n = 0;
}

static struct rise *
last_rise(struct drop_log *l)
{
	return l->n > 0 ? &l->rise[(l->next + LIMIT_DROP_RISES - 1) % LIMIT_DROP_RISES] : NULL;
}

/* The oldest is forgotten: what is missing from that time is not blamed on anything any more. */
static void
add_rise(struct drop_log *l, const struct rise *new)
{
	struct rise *last = last_rise(l);

	if (last != NULL && last->from != NSTIME_NONE && new->from == last->to && new->to - last->from <= LIMIT_DROP_RISE) {
		last->to = new->to;
		last->n += new->n;
		return;
	}
	l->rise[l->next] = *new;
	l->next = (l->next + 1) % LIMIT_DROP_RISES;
	if (l->n < LIMIT_DROP_RISES)
		l->n++;
}

static void
add_to_spate(struct drop_log *l, const struct rise *new)
{
	if (l->spate.all.n == 0)
		l->spate = (struct spate){ .all = { .from = new->from }, .by = l->drops };
	if (new->from < l->spate.all.from)
		l->spate.all.from = new->from;
	l->spate.all.to = new->to;
	l->spate.all.n += new->n;
}

void
drops_read(struct drop_log *l, const struct source_stats *s, nstime now)
{
	struct rise new = { .from = l->read, .to = s->counted != 0 ? s->counted : now, .n = s->dropped - l->dropped };

	if (s->dropped > l->dropped) {
		if (s->rising != 0 && s->rising < new.from)
			new.from = s->rising;
		if (new.from > new.to)
			new.from = new.to;
		add_rise(l, &new);
		add_to_spate(l, &new);
		l->dropped = s->dropped;
		l->drops = s->drops;
	}
	if (s->counted > now)
		now = s->counted;
	if (now > l->read)
		l->read = now;
}

uint64_t
drops_between(const struct drop_log *l, nstime from, nstime to)
{
	uint64_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct rise *r = &l->rise[i];

		if ((r->from < to && r->to > from) || (from == to && r->to == from))
			n += r->n;
	}
	return n;
}

/* Who, where it was not the kernel alone. */
static void
say_who(const struct drops *before, const struct drops *now, struct buf *words)
{
	const struct { const char *name; uint64_t n; } who[] = {
		{ "kernel", now->kernel - before->kernel }, { "interface", now->interface - before->interface },
		{ "smtptap", now->ours - before->ours },
	};
	const char *between = " (";
	char text[WORDS_NUMBER];

	if (who[1].n + who[2].n == 0)
		return;
	for (size_t i = 0; i < sizeof who / sizeof who[0]; i++)
		if (who[i].n > 0) {
			buf_printf(words, "%s%s %s", between, who[i].name, words_number(who[i].n, text));
			between = ", ";
		}
	buf_add_byte(words, ')');
}

bool
drops_tell(struct drop_log *l, nstime now, bool over, struct buf *words, nstime *time_r)
{
	const struct rise *all = &l->spate.all;
	char seconds[NSTIME_TEXT];
	bool long_enough = all->from != NSTIME_NONE && all->to - all->from >= LIMIT_DROP_TOLD;

	if (all->n == 0 || (!over && !long_enough && now - all->to < LIMIT_DROP_RISE))
		return false;
	words_count(words, all->n, "packet was", "packets were");
	buf_text(words, " dropped while capturing");
	say_who(&l->spate.by, &l->drops, words);
	if (all->from != NSTIME_NONE)
		buf_printf(words, ", within %s s", nstime_seconds(all->to - all->from, 3, seconds));
	*time_r = all->to;
	l->spate.all.n = 0;
	return true;
}
