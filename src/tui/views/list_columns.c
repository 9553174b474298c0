#include "list_columns.h"

#include "base/limits.h"
#include "tui/canvas.h"

enum {
	CORE = 6,			/* columns of a lower rank are there before others get more than they need */
	CUTTABLE = 4,			/* … but from this one on only if they are not cut, and the first that takes the rest has … */
	READABLE = 8,			/* … so much more than the least */
	LESSER = 9,			/* … and those of this rank and higher come in only when there is plenty */
	COMFORT = 36,			/* what the first column that takes the rest should have before others come in */
	PLENTY = 14,			/* columns more than the least, of the others that do */
	SHORT = 15,			/* an IPv4 address: wider ones wait until there is room */
	WIDE_SCREEN = 100,		/* from here on two blanks stand between columns */
	MARK = 1			/* before the first one, for marks */
};

/* --- as text --- */

static bool
is_in(slice names, const struct column *c)
{
	slice name;
	bool more = true;

	while (more) {
		more = slice_cut(names, ',', &name, &names);
		if (slice_eq(name, slice_of(c->name)))
			return true;
	}
	return false;
}

struct list_column
list_column_of(const struct column *c)
{
	return (struct list_column){
		.is = c, .own = !is_in(slice_of(columns_default(false)), c) && !is_in(slice_of(columns_default(true)), c),
	};
}

static bool
add_column(struct list_columns *l, slice word)
{
	slice name, width;
	uint64_t n = 0;
	const struct column *c;

	slice_cut(slice_trim(word), ':', &name, &width);
	c = column_find(slice_trim(name));
	if (c == NULL || l->n == LIST_COLUMNS_MOST || list_columns_find(l, c) != NULL)
		return c != NULL;
	if (!slice_number(width, &n) || n > LIMIT_CANVAS)
		n = 0;
	l->v[l->n] = list_column_of(c);
	l->v[l->n++].chosen = (int)n;
	return true;
}

bool
list_columns_parse(struct list_columns *l, slice text, struct buf *why)
{
	struct list_columns new = { .n = 0 };
	bool more = true;
	slice word;

	while (more) {
		more = slice_cut(text, ',', &word, &text);
		if (slice_trim(word).n > 0 && !add_column(&new, word)) {
			buf_text(why, why->n == 0 ? "There is no column " : ", ");
			buf_add(why, slice_trim(word));
			if (why->n < 200)
				nearest_fields(why, slice_trim(word));
		}
	}
	if (new.n == 0)
		return false;
	*l = new;
	return true;
}

void
list_columns_print(const struct list_columns *l, struct buf *out)
{
	for (size_t i = 0; i < l->n; i++) {
		buf_printf(out, "%s%s", i > 0 ? "," : "", l->v[i].is->name);
		if (l->v[i].chosen > 0)
			buf_printf(out, ":%d", l->v[i].chosen);
	}
}

struct list_column *
list_columns_find(struct list_columns *l, const struct column *c)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].is == c)
			return &l->v[i];
	return NULL;
}

/* --- widths --- */

static int
least(int a, int b)
{
	return a < b ? a : b;
}

static int
most(int a, int b)
{
	return a > b ? a : b;
}

static bool
takes_rest(const struct list_column *c)
{
	return c->is->wide == 0 && c->chosen == 0;
}

/* What it takes to show all that was seen. */
static int
wanted(const struct list_column *c)
{
	int title = text_columns(slice_of(c->is->title));

	if (c->chosen > 0)
		return c->chosen;
	if (takes_rest(c))
		return most(c->seen, c->is->narrow);
	return most(title, least(c->seen, c->is->wide));
}

static int
at_least(const struct list_column *c)
{
	return takes_rest(c) ? c->is->narrow : least(wanted(c), c->chosen > 0 ? c->chosen : c->is->narrow);
}

/*
 * For ranks beyond the core: they come in only if nobody must do with less than this. What was seen does not count where a
 * column takes the rest, so that none comes and goes while one scrolls.
 */
static int
comfort(const struct list_column *c)
{
	if (!takes_rest(c))
		return wanted(c);
	return c->is->rank == 0 ? COMFORT : c->is->narrow * 3 / 2;
}

static int
plenty(const struct list_column *c)
{
	return takes_rest(c) && c->is->rank > 0 ? c->is->narrow + PLENTY : comfort(c);
}

static int
rank(const struct list_column *c)
{
	return c->own ? 0 : c->is->rank;
}

/* The place in `order` of columns, the lowest ranks first. */
static void
order_by_rank(const struct list_columns *l, size_t order[LIST_COLUMNS_MOST])
{
	for (size_t i = 0; i < l->n; i++) {
		size_t k = i;

		for (; k > 0 && rank(&l->v[order[k - 1]]) > rank(&l->v[i]); k--)
			order[k] = order[k - 1];
		order[k] = i;
	}
}

static int
up_to_short(const struct list_column *c)
{
	return c->is->adapts ? at_least(c) : least(wanted(c), most(SHORT, c->chosen));
}

/* Is there room for a column of the core? */
static bool
fits_core(const struct list_column *c, int tight, int gap)
{
	return tight >= at_least(c) + gap && (rank(c) < CUTTABLE || tight >= up_to_short(c) + gap + READABLE);
}

/* Marks who is shown by a width. Returns what is left of `room`. */
static int
choose(struct list_columns *l, const size_t *order, int room, int gap)
{
	int tight = room + gap, easy = tight, ample = tight;

	for (size_t i = 0; i < l->n; i++) {
		struct list_column *c = &l->v[order[i]];
		int asked = rank(c) < CORE || c->chosen > 0 ? 0 : rank(c) < LESSER ? 1 : 2;

		if (!fits_core(c, tight, gap) || (asked > 0 && easy < comfort(c) + gap) || (asked > 1 && ample < plenty(c) + gap))
			continue;
		c->width = at_least(c);
		tight -= c->width + gap;
		easy -= comfort(c) + gap;
		ample -= plenty(c) + gap;
	}
	return tight;
}

/* Lets those that are shown grow up to `limit` each; rest: whom. */
static int
grow(struct list_columns *l, const size_t *order, int room, bool rest, int (*limit)(const struct list_column *))
{
	for (size_t i = 0; i < l->n && room > 0; i++) {
		struct list_column *c = &l->v[order[i]];
		int more = most(0, limit(c) - c->width);

		if (c->width == 0 || takes_rest(c) != rest || (c->is->adapts && more > room))
			continue;		/* half of a time says nothing more */
		more = least(more, room);
		c->width += more;
		room -= more;
	}
	return room;
}


/* What is left goes to those that take the rest: each as much as it has to show, then the first one. */
static void
share_rest(struct list_columns *l, const size_t *order, int room)
{
	struct list_column *first = NULL;

	for (size_t i = 0; i < l->n && first == NULL; i++)
		if (l->v[order[i]].width > 0 && takes_rest(&l->v[order[i]]))
			first = &l->v[order[i]];
	while (room > 0 && first != NULL) {
		int given = 0;

		for (size_t i = 0; i < l->n && room > 0; i++) {
			struct list_column *c = &l->v[order[i]];

			if (c->width > 0 && takes_rest(c) && c->width < wanted(c)) {
				c->width++;
				room--;
				given++;
			}
		}
		if (given == 0) {
			first->width += room;
			room = 0;
		}
	}
}

int
list_columns_lay_out(struct list_columns *l, int width)
{
	size_t order[LIST_COLUMNS_MOST];
	int gap = width >= WIDE_SCREEN ? 2 : 1, x, room;

	l->left = width >= WIDE_SCREEN ? MARK + 1 : MARK;
	for (size_t i = 0; i < l->n; i++)
		l->v[i].width = 0;
	order_by_rank(l, order);
	room = choose(l, order, width - l->left, gap);
	room = grow(l, order, room, false, up_to_short);
	room = grow(l, order, room, true, comfort);
	room = grow(l, order, room, false, wanted);
	share_rest(l, order, room);
	x = l->left;
	for (size_t i = 0; i < l->n; i++) {
		l->v[i].x = x;
		if (l->v[i].width > 0)
			x += l->v[i].width + gap;
	}
	return gap;
}
