#include "list_search.h"

#include "base/limits.h"
#include "base/machine.h"

enum { ROWS_BETWEEN = 32 };		/* looks at the clock */

void
search_init(struct search *s)
{
	*s = (struct search){ .found = LIST_NOT_FOUND };
	buf_init(&s->words, LIMIT_PROMPT);
	buf_init(&s->text, LIMIT_HEADER);
}

void
search_fini(struct search *s)
{
	buf_fini(&s->words);
	buf_fini(&s->text);
}

void
search_begin(struct search *s, slice words, size_t from, bool backwards, const struct column *const *column, size_t n)
{
	buf_clear(&s->words);
	buf_add(&s->words, words);
	s->ncolumn = n < SEARCH_COLUMNS ? n : SEARCH_COLUMNS;
	for (size_t i = 0; i < s->ncolumn; i++)
		s->column[i] = column[i];
	s->backwards = backwards;
	s->at = s->from = from;
	s->done = s->of = 0;
	s->round = false;
	s->found = words.n > 0 ? LIST_SEARCHING : LIST_NOT_FOUND;
}

static bool
has_words(struct search *s, const struct entry *e)
{
	for (size_t i = 0; i < s->ncolumn; i++) {
		buf_clear(&s->text);
		column_text(s->column[i], e, &(struct column_style){ .when.digits = 3 }, &s->text);
		if (slice_icontains(buf_slice(&s->text), buf_slice(&s->words)))
			return true;
	}
	return false;
}

/* The row behind this one, or before it; round the end. */
static void
advance(struct search *s, size_t count)
{
	if (s->at >= count)
		s->at = s->backwards ? 0 : count - 1;
	if (s->backwards) {
		s->round |= s->at == 0;
		s->at = s->at == 0 ? count - 1 : s->at - 1;
	} else {
		s->round |= s->at + 1 == count;
		s->at = s->at + 1 == count ? 0 : s->at + 1;
	}
}

bool
search_work(struct search *s, const struct list *list, const struct model *model, struct entry_reader *reader, nstime until)
{
	size_t count = list_count(list);
	struct entry e;

	s->of = count;
	for (unsigned n = 1; s->found == LIST_SEARCHING; n++) {
		if (s->done >= count) {
			s->found = LIST_NOT_FOUND;
			break;
		}
		advance(s, count);
		s->done++;
		if (entry_read(reader, model, list_at(list, s->at), &e) && has_words(s, &e))
			s->found = s->round ? LIST_FOUND_ROUND : LIST_FOUND;
		else if (n % ROWS_BETWEEN == 0 && machine_steady() >= until)
			return true;
	}
	return false;
}

unsigned
search_percent(const struct search *s)
{
	return s->of > 0 ? (unsigned)((uint64_t)s->done * 100 / s->of) : 0;
}
