#include "match.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stdlib.h>

#include "base/err.h"
#include "base/limits.h"

struct match {
	pcre2_code *code;
	pcre2_match_context *bounds;
	pcre2_match_data *data;
	uint32_t steps;			/* that a match may take */
	bool told;			/* that a bound was reached */
};

static void
complain(struct buf *error, int code)
{
	uint8_t words[256];

	pcre2_get_error_message(code, words, sizeof words);
	buf_text(error, (const char *)words);
}

struct match *
match_new(slice pattern, struct buf *error, size_t *offset_r)
{
	const uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_CASELESS | PCRE2_DOTALL | PCRE2_NEVER_BACKSLASH_C;
	struct match *m;
	int code = 0;
	PCRE2_SIZE at = 0;
	pcre2_code *compiled = pcre2_compile(pattern.p ? pattern.p : (PCRE2_SPTR)"", pattern.n, options, &code, &at, NULL);

	if (compiled == NULL) {
		complain(error, code);
		*offset_r = at;
		return NULL;
	}
	m = xcalloc(1, sizeof *m);
	m->code = compiled;
	m->bounds = pcre2_match_context_create(NULL);
	m->data = pcre2_match_data_create(1, NULL);
	if (m->bounds == NULL || m->data == NULL)
		die("out of memory");
	m->steps = LIMIT_MATCH_STEPS;
	pcre2_set_match_limit(m->bounds, m->steps);
	pcre2_set_depth_limit(m->bounds, LIMIT_MATCH_DEPTH);
	pcre2_set_heap_limit(m->bounds, LIMIT_MATCH_HEAP / KiB);
	return m;
}

void
match_free(struct match **mp)
{
	struct match *m = *mp;

	if (m == NULL)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->bounds);
	pcre2_code_free(m->code);
	free(m);
	*mp = NULL;
}

/* Whoever sends such texts sends many: each takes half as long as the one before, to a sixty-fourth. */
static void
tire(struct match *m)
{
	if (m->steps > LIMIT_MATCH_STEPS / 64)
		pcre2_set_match_limit(m->bounds, m->steps /= 2);
	if (!m->told)
		warn("-Y: a text took too long to match and counts as no match: make the pattern simpler");
	m->told = true;
}

/* The scratch memory and the remark are no part of what a match means. */
bool
match_test(const struct match *constant, slice subject)
{
	struct match *m = (struct match *)(uintptr_t)constant;
	int found = pcre2_match(m->code, subject.p ? subject.p : (PCRE2_SPTR)"", subject.n, 0, 0, m->data, m->bounds);

	if (found < PCRE2_ERROR_PARTIAL)
		tire(m);
	return found >= 0;
}
