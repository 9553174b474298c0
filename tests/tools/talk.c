/*
 * talk - makes a capture file from a conversation written as text.
 *
 *	talk FILE.talk -o out.pcap[ng] [--cut N|random:SEED] [--shuffle SEED] [--duplicate SEED]
 *
 * The options make another capture of the same conversation. Exit status: 0,
 * 1 the file cannot be written, 2 the talk or the command line is wrong.
 * tests/README.md is the manual of the language.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/talk.h"

struct options {
	const char *script, *out, *cut, *shuffle, *duplicate;
};

static int
usage(void)
{
	fputs("usage: talk FILE.talk -o FILE.pcap|FILE.pcapng [--cut N|random:SEED] [--shuffle SEED] [--duplicate SEED]\n", stderr);
	return 2;
}

static bool
options_read(int argc, char **argv, struct options *o)
{
	const struct { const char *name; const char **value; } names[] = {
		{ "-o", &o->out }, { "--cut", &o->cut }, { "--shuffle", &o->shuffle }, { "--duplicate", &o->duplicate },
	};

	for (int i = 1; i < argc; i++) {
		const char **value = argv[i][0] == '-' && argv[i][1] != '\0' ? NULL : &o->script;
		bool named = value == NULL;

		for (size_t k = 0; named && k < sizeof names / sizeof names[0]; k++)
			if (strcmp(argv[i], names[k].name) == 0)
				value = names[k].value;
		if (value == NULL || (named && ++i == argc))
			return false;
		*value = argv[i];
	}
	return o->script != NULL && o->out != NULL;
}

static bool
read_script(const char *path, struct buf *text)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
	uint8_t block[4096];
	size_t n;

	if (f == NULL) {
		perror(path);
		return false;
	}
	while ((n = fread(block, 1, sizeof block, f)) > 0)
		buf_add(text, (slice){ block, n });
	if (f != stdin)
		fclose(f);
	return true;
}

static void
twist(struct talk *t, const struct options *o)
{
	static const char random[] = "random:";

	if (o->cut != NULL && strncmp(o->cut, random, sizeof random - 1) == 0)
		twist_cut(t, 0, strtoull(o->cut + sizeof random - 1, NULL, 10));
	else if (o->cut != NULL && atoi(o->cut) > 0)
		twist_cut(t, (size_t)atoi(o->cut), 0);
	if (o->duplicate != NULL)
		twist_duplicate(t, strtoull(o->duplicate, NULL, 10));
	if (o->shuffle != NULL)
		twist_shuffle(t, strtoull(o->shuffle, NULL, 10));
}

int
main(int argc, char **argv)
{
	struct options o = { 0 };
	struct talk t;
	struct buf text;
	int status = 2;

	if (!options_read(argc, argv, &o))
		return usage();
	talk_init(&t);
	buf_init(&text, SIZE_MAX / 2);
	if (read_script(o.script, &text) && script_read(&t, o.script, buf_slice(&text))) {
		twist(&t, &o);
		status = save_file(&t, o.out) ? 0 : 1;
	}
	buf_fini(&text);
	talk_fini(&t);
	return status;
}
