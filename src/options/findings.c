/*
 * findings.c - findings named on the command line: by id, family or severity.
 */
#include <string.h>

#include "base/finding.h"
#include "parse.h"

static bool
is_known(const char *pattern)
{
	for (enum finding f = 0; f < FINDINGS; f++)
		if (finding_matches(f, slice_of(pattern)))
			return true;
	return false;
}

static int
add_patterns(struct options *o, const char **list, size_t *n, const char *arg)
{
	char *text = options_keep(o, arg, strlen(arg)), *save = NULL;

	if (*text == '\0')
		return usage("no finding or severity is named; --list-findings lists them");
	for (char *one = strtok_r(text, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save)) {
		if (!is_known(one))
			return usage("%s: no such finding or severity; --list-findings lists them", one);
		if (*n == OPTIONS_LIST)
			return usage("too many findings named");
		list[(*n)++] = one;
	}
	return -1;
}

int
take_fail_on(struct parse *p, const char *arg)
{
	return add_patterns(p->o, p->o->fail_on, &p->o->nfail_on, arg);
}

int
take_ignore(struct parse *p, const char *arg)
{
	return add_patterns(p->o, p->o->ignore, &p->o->nignore, arg);
}
