/*
 * getopt.c - the table of options, as getopt wants it.
 *
 * A short option is its letter; a long one is LONG and its place in the table.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "parse.h"

enum { LONG = 256 };

static void
getopt_strings(char *shorts, struct option *longs)
{
	*shorts++ = ':';
	for (size_t i = 0; i < noptions; i++) {
		const struct option_info *info = &option_table[i];

		if (info->letter != 0) {
			*shorts++ = info->letter;
			if (info->takes != NULL)
				*shorts++ = ':';
		}
		if (info->name != NULL)
			*longs++ = (struct option){ info->name, info->takes ? required_argument : no_argument, NULL, LONG + (int)i };
	}
	*shorts = '\0';
	*longs = (struct option){ 0 };
}

static const struct option_info *
info_of(int c)
{
	if (c >= LONG)
		return &option_table[c - LONG];
	for (size_t i = 0; i < noptions; i++)
		if (option_table[i].letter == c)
			return &option_table[i];
	return NULL;
}

static int
refuse_planned(const struct option_info *i)
{
	if (i->name != NULL)
		return usage("--%s: not built in this version; --help lists what is", i->name);
	return usage("-%c: not built in this version; --help lists what is", i->letter);
}

/* --NAME, or --NAME=…, of an option that there is. */
static bool
is_known_long(const char *arg)
{
	size_t n = strncmp(arg, "--", 2) == 0 ? strcspn(arg + 2, "=") : 0;

	for (size_t i = 0; i < noptions; i++)
		if (option_table[i].name != NULL && strlen(option_table[i].name) == n && strncmp(arg + 2, option_table[i].name, n) == 0)
			return true;
	return false;
}

/* Whose hands know tcpdump is told what tshark calls it. */
static const char *
elsewhere(int letter)
{
	static const struct { char letter; const char *instead; } theirs[] = {
		{ 'A', "-vv prints the lines" }, { 'C', "-b filesize:KB begins new files" }, { 'G', "-b duration:SECONDS begins new files" },
		{ 'W', "-b files:N keeps the last N" },
	};

	for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++)
		if (theirs[i].letter == letter)
			return theirs[i].instead;
	return "--help lists them";
}

static int
refuse(int c, const char *arg)
{
	if (c == ':')
		return usage("%s needs an argument", arg);
	if (optopt != 0 && optopt < LONG)
		return usage("-%c: no such option; %s", optopt, elsewhere(optopt));
	return usage(is_known_long(arg) ? "%s: takes no argument" : "%s: no such option; --help lists them", arg);
}

static int
take(struct parse *p, const struct option_info *i, const char *arg)
{
	const struct option_action *action = &i->action;
	char *options = (char *)p->o;

	if (action->take != NULL)
		return action->take(p, arg);
	if (action->flag != 0)
		*(bool *)(void *)(options + action->flag) = true;
	else if (action->text != 0)
		*(const char **)(void *)(options + action->text) = options_keep(p->o, arg, strlen(arg));
	else
		return refuse_planned(i);
	return -1;
}

int
take_options(struct parse *p, int argc, char **argv)
{
	char *shorts = xcalloc(noptions + 1, 2);
	struct option *longs = xcalloc(noptions + 1, sizeof *longs);
	int c, status = -1;

	getopt_strings(shorts, longs);
	opterr = 0;
	while (status == -1 && (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_info *i = info_of(c);

		status = i != NULL ? take(p, i, optarg) : refuse(c, argv[optind - 1]);
	}
	free(shorts);
	free(longs);
	return status;
}
