/*
 * help.c - what is only printed: help, version, lists.
 */
#include <stdio.h>
#include <string.h>

#include "base/finding.h"
#include "base/libmagic.h"
#include "base/limits.h"
#include "capture/bpf.h"
#include "capture/live/live.h"
#include "capture/privilege/privilege.h"
#include "dissect/dissector.h"
#include "filter/field.h"
#include "parse.h"
#include "sink/sinks.h"

enum { LEFT = 24 };			/* columns of what an option is called; what is longer has a line of its own */

static void
print_option(const struct option_info *i)
{
	char left[96];
	int n;

	if (i->help == NULL)
		return;
	if (i->letter != 0 && i->name != NULL)
		n = snprintf(left, sizeof left, "-%c, --%s", i->letter, i->name);
	else if (i->letter != 0)
		n = snprintf(left, sizeof left, "-%c", i->letter);
	else
		n = snprintf(left, sizeof left, "--%s", i->name);
	if (i->takes != NULL)
		snprintf(left + n, sizeof left - (size_t)n, " %s", i->takes);
	printf(strlen(left) < LEFT ? "  %-23s %s\n" : "  %s\n                          %s\n", left, i->help);
}

int
print_help(struct parse *p, const char *arg)
{
	(void)p, (void)arg;
	printf("smtptap reads packets, captured or as they happen, and shows every mail conversation in them.\n\n"
	    "usage: smtptap [options] FILE...\n"
	    "       smtptap [options] -r FILE [FILE...] [capture filter words]\n"
	    "       smtptap [options] -i INTERFACE [capture filter words]\n\n");
	for (size_t i = 0; i < noptions; i++)
		print_option(&option_table[i]);
	printf("\noutputs (-T):\n");
	for (const struct sink_format *f = sink_formats; f->name != NULL; f++)
		printf("  %-23s %s\n", f->name, f->summary);
	printf("\nexit status: 0 done, 1 the machine failed, 2 usage or unreadable input, 3 results are\n"
	    "partial (the capture is damaged or cut), 4 --fail-on matched, 5 --require-match and nothing did.\n"
	    "The manual, smtptap(1), has the rest.\n");
	return EXIT_DONE;
}

int
print_version(struct parse *p, const char *arg)
{
	const char *zstd = "", *lz4 = "";

	(void)p, (void)arg;
#ifdef HAVE_ZSTD
	zstd = ", zstd";
#endif
#ifdef HAVE_LZ4
	lz4 = ", lz4";
#endif
	printf("smtptap %s\n%s\nreads pcap and pcapng, plain or gzip%s%s\n", VERSION, bpf_library(), zstd, lz4);
	if (libmagic_built_in())
		printf("libmagic for --magic\n");
	privilege_print();
	for (const struct dissector *const *d = dissectors; *d != NULL; d++)
		printf("  %-6s %s\n", (*d)->name, (*d)->summary);
	return EXIT_DONE;
}

int
list_findings(struct parse *p, const char *arg)
{
	(void)p, (void)arg;
	for (enum finding f = 0; f < FINDINGS; f++) {
		const struct finding_info *i = finding_info(f);

		printf("%s\t%s\t%s\t%s\t%s\n", i->id, severity_name(i->severity), i->reference, i->seen, i->todo);
	}
	return EXIT_DONE;
}

int
list_fields(struct parse *p, const char *arg)
{
	(void)p, (void)arg;
	for (size_t i = 0; i < nfields; i++)
		printf("%s\t%s\t%s\t%s\n", fields[i].name, field_type_name(fields[i].type), field_scope_name(fields[i].scope), fields[i].about);
	return EXIT_DONE;
}

int
list_interfaces(struct parse *p, const char *arg)
{
	struct buf list;
	int status;

	(void)p, (void)arg;
	buf_init(&list, MiB);
	status = live_list(&list);
	if (status == 0)
		fwrite(list.p, 1, list.n, stdout);
	buf_fini(&list);
	return status == 0 ? EXIT_DONE : EXIT_MACHINE;
}

int
print_examples(void)
{
	fprintf(stderr,
	    "smtptap mail.pcap                        every mail conversation in a capture\n"
	    "smtptap -i eth0 host 192.0.2.10          as they happen, of one host\n"
	    "smtptap -T json mail.pcap                as JSON Lines, one record for each message\n"
	    "smtptap -T parts:out mail.pcap           each attached file into a directory\n"
	    "smtptap -z summary mail.pcap             only the numbers; smtptap --help has more\n");
	return EXIT_USAGE;
}
