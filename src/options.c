/*
 * options.c - the command line.
 *
 * One table says what every option is called, what it takes and what it
 * means; getopt's strings and --help are made from it, so that they cannot
 * disagree. tcpdump's and tshark's meanings win wherever one exists.
 */
#include "options.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/libmagic.h"
#include "base/limits.h"
#include "capture/bpf.h"
#include "capture/live/live.h"
#include "dissect/dissector.h"
#include "sink/sinks.h"
#include "tui/tui.h"

enum { LONG_ONLY = 256 };
enum { NARROWEST = 40 };		/* columns for which lines are broken */

enum id {
	READ = 'r', FILTER = 'f', FILTER_FILE = 'F', DECODE_AS = 'd', OUTPUT = 'T', STATISTICS = 'z', TIME = 't',
	COUNT = 'c', AUTOSTOP = 'a', WIRE = 'x', HEX = 'X', VERBOSE = 'v', QUIET = 'q', LINES = 'l', CHECKSUMS = 'k',
	VERSION_ = 'V', HELP = 'h', NO_NAMES = 'n', ABSOLUTE = 'S', NO_PROMISC = 'p', UNBUFFERED = 'U',
	PORTS = LONG_ONLY, SECRETS, HEADERS, JSON_MAX, SENSOR, HASH, OVERLAP, MEM, FAIL_ON, IGNORE, STRICT, SLOW,
	REQUIRE_MATCH, SPOOL_MAX, HELP_FIELDS, ROWS, SCREEN, NO_CONFIG,
	LOCAL_DOMAINS, LOCAL_NETS, COLOR, PROGRESS, LIST_FINDINGS, ALL_PARTS, DEFANG, MAGIC, EXPORT_OBJECTS,
	FOLLOW, STATS_INTERVAL, METRICS, REQUIRE_SANDBOX, NO_SANDBOX, CHECK_SANDBOX, SAVE_DIR,
	LIVE = 'i', INTERFACES = 'D', DISPLAY = 'Y', WRITE = 'w', RING = 'b', SNAPLEN = 's', BUFFER = 'B', USER = 'Z',
	FIELD = 'e', FIELD_OPTION = 'E',
	/* accepted so that they can be refused in words */
	PREFERENCE = 'o', PLANNED = 512
};

struct option_info {
	int id;
	const char *name;	/* long name, or NULL */
	const char *takes;	/* what the argument is called, or NULL */
	const char *help;	/* NULL: not listed, and refused as not built */
};

static const struct option_info table[] = {
	{ READ, NULL, "FILE", "read FILE (repeatable; a directory; - is standard input)" },
	{ LIVE, "interface", "NAME", "listen to an interface (repeatable; any is all of them)" },
	{ INTERFACES, "list-interfaces", NULL, "the interfaces that there are" },
	{ FOLLOW, "follow", NULL, "the files grow: wait for more at their end" },
	{ FILTER, NULL, "EXPR", "capture filter, pcap-filter(7); words behind the files are one too" },
	{ FILTER_FILE, NULL, "FILE", "read the capture filter from FILE" },
	{ PORTS, "ports", "LIST", "ports taken for mail without looking; on others SMTP is found by its first bytes" },
	{ DISPLAY, "display-filter", "EXPR", "show only what matches, as 'smtp.rcpt.code >= 500'; --help-fields lists the fields" },
	{ DECODE_AS, NULL, "tcp.port==N,PROTO", "decode a port as smtp or lmtp" },
	{ SCREEN, "screen", "auto|always|never", "the screen (auto: at a terminal, and nothing else was asked for)" },
	{ OUTPUT, NULL, "FORMAT[:PATH]", "an output (repeatable, all in one pass); see below" },
	{ FIELD, NULL, "FIELD", "a column of -T fields or -T csv (repeatable); --help-fields lists them" },
	{ FIELD_OPTION, NULL, "NAME=VALUE", "header=y, separator=/t, quote=d, occurrence=f, aggregator=;: as tshark has them" },
	{ ROWS, "rows", "KIND", "what -T fields and -T csv have a line for: session, message (default), recipient, part, finding, ..." },
	{ STATISTICS, NULL, "NAME[:PATH]", "statistics at the end; alone, it prints no transcripts" },
	{ TIME, NULL, "r|a|ad|u|ud|e|d|n", "times: relative, absolute (with date), UTC (with date), epoch, delta, none" },
	{ COUNT, NULL, "N", "stop after N packets" },
	{ AUTOSTOP, NULL, "duration:S|filesize:KB|files:N|packets:N", "stop after so much time; of what -w writes; after so many packets" },
	{ WRITE, NULL, "FILE", "packets into FILE: all, or with -Y those of whole sessions that match; - is standard output" },
	{ RING, NULL, "filesize:KB|duration:S|interval:S|packets:N|files:N", "-w begins a new file after so much, and keeps N of them (repeatable)" },
	{ VERBOSE, NULL, NULL, "packet numbers, texts and links of messages; twice: their exact lines" },
	{ WIRE, NULL, NULL, "line ends, tabs, trailing blanks and segment edges made visible" },
	{ HEX, NULL, NULL, "the same in hexadecimal" },
	{ SECRETS, "show-secrets", NULL, "credentials in clear" },
	{ HEADERS, "headers", NULL, "all header fields in JSON" },
	{ JSON_MAX, "json-max", "SIZE", "largest JSON record (64 KiB)" },
	{ SENSOR, "sensor", "NAME", "a sensor key in every JSON record" },
	{ HASH, "hash", "sha256,sha1,md5|none", "digests of messages and parts (sha256)" },
	{ ALL_PARTS, "all-parts", NULL, "every part is a file of -T parts, not only those with a name" },
	{ MAGIC, "magic", NULL, "what libmagic says of each part, in JSON (if it is built in)" },
	{ DEFANG, "defang", "auto|always|never", "links written so that nobody clicks on them (at a terminal)" },
	{ EXPORT_OBJECTS, "export-objects", "imf,DIR", "the same as -T eml:DIR" },
	{ OVERLAP, "overlap", "linux|first|last|bsd|solaris", "whose reading of conflicting TCP segments is shown" },
	{ CHECKSUMS, NULL, "auto|all|none", "refuse wrong TCP checksums: unless offload is evident, always, never" },
	{ MEM, "mem", "SIZE", "memory budget (512 MiB)" },
	{ SPOOL_MAX, "spool-max", "SIZE", "on disk for what the screen remembers (4 GiB), or waits for its -Y verdict (1 GiB)" },
	{ FAIL_ON, "fail-on", "SEVERITY|ID", "exit status 4 if such a finding was made (repeatable; smtp.* is a family)" },
	{ IGNORE, "ignore", "ID,...", "findings not to tell" },
	{ REQUIRE_MATCH, "require-match", NULL, "exit status 5 if nothing matched" },
	{ STRICT, "strict", NULL, "exit status 3 if packets were dropped while capturing" },
	{ SLOW, "slow", "S", "replies over S seconds are slow (default: judged by the server's median)" },
	{ LOCAL_DOMAINS, "local-domains", "LIST", "our mail domains, to tell relaying" },
	{ LOCAL_NETS, "local-nets", "LIST", "our networks, to tell relaying" },
	{ COLOR, "color", "auto|always|never", "colours (NO_COLOR is honoured)" },
	{ PROGRESS, "progress", "auto|json|never", "progress on stderr" },
	{ NO_CONFIG, "no-config", NULL, "the screen remembers nothing from one run to the next" },
	{ LINES, NULL, NULL, "write each line at once" },
	{ UNBUFFERED, NULL, NULL, "the same" },
	{ NO_NAMES, NULL, NULL, "no effect: names are never resolved (also -nn)" },
	{ ABSOLUTE, NULL, NULL, "no effect: accepted as tcpdump does" },
	{ NO_PROMISC, NULL, NULL, "do not put the interface into promiscuous mode" },
	{ SNAPLEN, NULL, "N", "bytes captured of each packet (all)" },
	{ BUFFER, NULL, "MIB", "the kernel's buffer for each interface (16)" },
	{ STATS_INTERVAL, "stats-interval", "S", "a statistics record every S seconds (live: 60; 0: only the last)" },
	{ METRICS, "metrics-file", "FILE", "counters in OpenMetrics' text format, written anew with each statistics record" },
	{ USER, NULL, "USER", "who the parser becomes when started as root (_smtptap or nobody)" },
	{ REQUIRE_SANDBOX, "require-sandbox", NULL, "refuse to run where the kernel lacks a part of the sandbox" },
	{ NO_SANDBOX, "no-sandbox", NULL, "parse with all rights (for debugging)" },
	{ CHECK_SANDBOX, "check-sandbox", NULL, "try what the sandbox must refuse, and say what it did" },
	{ SAVE_DIR, "save-dir", "DIR", "what the screen saves stands below it (the current directory)" },
	{ QUIET, NULL, NULL, "no transcripts, no remarks" },
	{ LIST_FINDINGS, "list-findings", NULL, "every finding: id, severity, reference, meaning, what to do" },
	{ HELP_FIELDS, "help-fields", NULL, "every field of -Y: name, type, scope, meaning" },
	{ VERSION_, "version", NULL, "version, and what is built in" },
	{ HELP, "help", NULL, "this text" },
	{ PREFERENCE, NULL, "", NULL },
	{ PLANNED, "keylog", "", NULL }, { PLANNED, "workers", "", NULL },
	{ PLANNED, "shard", "", NULL }, { PLANNED, "rules", "", NULL },
	{ PLANNED, "dkim-keys", "", NULL }, { PLANNED, "merge", NULL, NULL },
};

enum { OPTIONS = sizeof table / sizeof table[0] };

static const uint16_t default_ports[] = { 24, 25, 465, 587, 1025, 2525, 2526, 10024, 10025, 10026 };

/* What is being parsed: the options, and what is only known at the end. */
struct parse {
	struct options *o;
	bool read_given, ports_given, time_given, statistics_only;
	bool lines_given, interval_given;
	enum choice screen;
	struct buf filter;	/* of -f, -F and the words: each in parentheses */
	struct buf words;
};

static int usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

static int
usage(const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	warn("%s", line);
	return EXIT_USAGE;
}

static char *
keep(struct options *o, const char *text, size_t n)
{
	char *copy = xcalloc(n + 1, 1);

	memcpy(copy, text, n);
	o->text = xrealloc(o->text, o->ntext + 1, sizeof *o->text);
	o->text[o->ntext++] = copy;
	return copy;
}

/* --- values --- */

static bool
number(const char *text, uint64_t most, uint64_t *value_r)
{
	return slice_number(slice_of(text), value_r) && *value_r <= most;
}

/* "64", "64k", "64KiB", "1G": units of 1024. */
static bool
size_value(const char *text, size_t *size_r)
{
	static const char units[] = "kmgt";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits, *at;
	uint64_t value;

	if (!slice_number((slice){ (const uint8_t *)text, digits }, &value))
		return false;
	if (*unit != '\0' && (at = strchr(units, tolower((unsigned char)*unit))) != NULL) {
		int shift = 10 * (int)(at - units + 1);

		if (value > (SIZE_MAX >> shift))
			return false;
		value <<= shift;
		unit++;
		if (strcasecmp(unit, "iB") == 0 || strcasecmp(unit, "B") == 0)
			unit += strlen(unit);
	}
	*size_r = (size_t)value;
	return *unit == '\0';
}

static bool
seconds_value(const char *text, nstime *time_r)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end != '\0' || !(value >= 0) || value > 1e9)
		return false;
	*time_r = (nstime)(value * (double)NSTIME_S);
	return true;
}

static bool
choose(const char *text, const char *const *names, int *index_r)
{
	for (int i = 0; names[i] != NULL; i++)
		if (strcmp(text, names[i]) == 0) {
			*index_r = i;
			return true;
		}
	return false;
}

/* --- one option --- */

static int
add_input(struct options *o, const char *path)
{
	o->input = xrealloc(o->input, o->ninput + 1, sizeof *o->input);
	o->input[o->ninput++] = keep(o, path, strlen(path));
	return -1;
}

/* Words of one filter, until end_filter(). */
static void
add_filter(struct parse *p, slice words)
{
	if (p->words.n > 0)
		buf_add_byte(&p->words, ' ');
	buf_add(&p->words, words);
}

/* A filter ends here; several must all match. */
static int
end_filter(struct parse *p)
{
	slice words = slice_trim(buf_slice(&p->words));

	if (words.n > 0 && p->filter.n == 0)
		buf_add(&p->filter, words);
	else if (words.n > 0) {
		struct buf first = p->filter;

		buf_init(&p->filter, LIMIT_BPF_TEXT);
		buf_printf(&p->filter, "(%.*s) and (%.*s)", (int)first.n, (const char *)first.p, (int)words.n, (const char *)words.p);
		buf_fini(&first);
	}
	buf_clear(&p->words);
	return p->filter.full ? usage("capture filter: longer than %zu bytes", (size_t)LIMIT_BPF_TEXT) : -1;
}

static int
filter_file(struct parse *p, const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;
	int failed;

	if (f == NULL)
		return usage("%s: %s", path, strerror(errno));
	while (getline(&line, &size, f) > 0) {
		slice text = slice_chomp(slice_of(line));

		if (!slice_starts(text, S("#")))
			add_filter(p, text);
	}
	failed = ferror(f) ? errno : 0;
	free(line);
	fclose(f);
	return failed ? usage("%s: %s", path, strerror(failed)) : end_filter(p);
}

/* Why a filter is none, a line each. */
static int
refuse_filter(const struct buf *error)
{
	slice rest = buf_slice(error), line;
	const char *lead = "-Y: ";

	for (; rest.n > 0; lead = "") {
		slice_cut(rest, '\n', &line, &rest);
		usage("%s%.*s", lead, (int)line.n, (const char *)line.p);
	}
	return EXIT_USAGE;
}

static bool
is_capture_filter(const char *text)
{
	char why[256];
	struct bpf *bpf = *text != '\0' ? bpf_new(text, why, sizeof why) : NULL;
	bool is = bpf != NULL;

	bpf_free(&bpf);
	return is;
}

static int
display_filter(struct options *o, const char *text)
{
	struct buf error;
	int status = -1;

	if (o->display != NULL)
		return usage("-Y is there twice: join the filters with &&");
	buf_init(&error, 64 * KiB);
	o->display = filter_new(slice_of(text), &error);
	if (o->display == NULL)
		status = is_capture_filter(text) ? usage("this is a capture filter: use -f '%s'", text) : refuse_filter(&error);
	buf_fini(&error);
	return status;
}

static int
open_libmagic(void)
{
	struct buf error;
	int status = -1;

	buf_init(&error, 4 * KiB);
	if (!libmagic_open(&error))
		status = usage("--magic: %.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return status;
}

static int
columns_option(struct options *o, const char *text, bool (*take)(struct columns *, slice, struct buf *))
{
	struct buf error;
	int status = -1;

	buf_init(&error, 4 * KiB);
	o->columns_given = true;
	if (!take(&o->columns, slice_of(text), &error))
		status = usage("%.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return status;
}

/* Are there columns where they are wanted, and are they wanted? */
static int
check_columns(const struct options *o)
{
	bool bare = false, any = false;
	struct buf error;
	int status = -1;

	for (size_t i = 0; i < o->noutput; i++) {
		bare |= strcmp(o->output[i].format, "fields") == 0;
		any |= sink_format_find(slice_of(o->output[i].format))->columns != NULL;
	}
	if (bare && o->columns.n == 0)
		return usage("-T fields needs -e FIELD; --help-fields lists them (-T csv has columns of its own)");
	if (o->columns_given && !any)
		return usage("-e, -E and --rows are for -T fields and -T csv");
	buf_init(&error, 4 * KiB);
	if (!columns_check(&o->columns, &error))
		status = usage("%.*s", (int)error.n, (const char *)error.p);
	buf_fini(&error);
	return status;
}

/* A capture filter that is a display filter. One that looks so, and is none, has the words of its first field. */
static bool
is_display_filter(const char *text)
{
	const char *from = text + strspn(text, " \t(!");
	slice word = { (const uint8_t *)from, strcspn(from, " \t()=!<>&|~") };
	struct buf error;
	struct filter *f;
	bool known = field_find(word) != NULL && memchr(word.p, '.', word.n) != NULL;

	buf_init(&error, 64 * KiB);
	f = filter_new(slice_of(text), &error);
	known |= f != NULL;
	filter_free(&f);
	buf_fini(&error);
	return known;
}

static int
refuse_display_filter(const char *text)
{
	return usage("this is a display filter: use -Y '%s'", text);
}

/* Compiled here for its faults only, so that they are told before a file is touched. */
static int
check_filter(const struct options *o)
{
	char why[256];
	struct bpf *bpf;

	if (o->filter == NULL || (bpf = bpf_new(o->filter, why, sizeof why)) == NULL)
		return o->filter == NULL ? -1 : is_display_filter(o->filter) ? refuse_display_filter(o->filter) : usage("capture filter: %s", why);
	bpf_free(&bpf);
	return -1;
}

static int
ports(struct options *o, const char *list)
{
	slice rest = slice_of(list), one;
	bool more;

	o->any_port = strcmp(list, "any") == 0;		/* offline every port is looked at anyway */
	if (o->any_port)
		return -1;
	o->nport = 0;
	do {
		uint64_t port;

		more = slice_cut(rest, ',', &one, &rest);
		if (!slice_number(one, &port) || port > UINT16_MAX || o->nport == OPTIONS_LIST)
			return usage("--ports takes port numbers with commas between them, or any: %s", list);
		o->port[o->nport++] = (uint16_t)port;
	} while (more);
	return -1;
}

static const char *
dissector_name(const char *name)
{
	for (const struct dissector *const *d = dissectors; *d != NULL; d++)
		if ((*d)->rank >= 0 && strcmp((*d)->name, name) == 0)
			return (*d)->name;
	return NULL;
}

static int
decode_as(struct options *o, const char *text)
{
	static const char lead[] = "tcp.port==";
	slice port, protocol;
	const char *name;
	uint64_t n;

	if (strncmp(text, lead, sizeof lead - 1) != 0)
		return usage("-d takes tcp.port==N,PROTOCOL: %s", text);
	if (!slice_cut(slice_of(text + sizeof lead - 1), ',', &port, &protocol) || !slice_number(port, &n) || n > UINT16_MAX)
		return usage("-d takes tcp.port==N,PROTOCOL: %s", text);
	name = dissector_name((const char *)protocol.p);
	if (name == NULL)
		return usage("-d: no protocol of that name: %s", (const char *)protocol.p);
	if (o->nas == OPTIONS_LIST)
		return usage("too many -d");
	o->as[o->nas++] = (struct engine_as){ (uint16_t)n, name };
	return -1;
}

/* FORMAT[:PATH], into the list. -z has names of its own. */
static int
add_output(struct parse *p, const char *text, bool statistics)
{
	struct options *o = p->o;
	slice name, path;
	bool has_path = slice_cut(slice_of(text), ':', &name, &path);
	const struct sink_format *f = statistics ? sink_statistics_find(name) : sink_format_find(name);

	has_path = has_path && path.n > 0 && !slice_eq(path, S("-")) && !slice_eq(path, S("/dev/stdout"));
	if (f == NULL && (statistics ? sink_statistics_is_planned(name) : sink_format_is_planned(name)))
		return usage("-%c %.*s: not built in this version; --help lists what is", statistics ? 'z' : 'T', (int)name.n, (const char *)name.p);
	if (f == NULL)
		return usage("-%c %s: no such %s; --help lists them", statistics ? 'z' : 'T', text, statistics ? "statistics" : "output format");
	if (f->is_directory && !has_path)
		return usage("-T %s needs a directory: -T %s:DIR", f->name, f->name);
	if (o->noutput == OPTIONS_LIST)
		return usage("too many outputs");
	o->output[o->noutput++] = (struct output){ f->name, has_path ? keep(o, (const char *)path.p, path.n) : NULL };
	p->statistics_only &= statistics;
	return -1;
}

/* tshark's spelling, of the one kind of objects that mail has. */
static int
export_objects(struct parse *p, const char *text)
{
	static const char lead[] = "imf,";
	char *output;			/* the same with another name, which is as long */

	if (strncmp(text, lead, sizeof lead - 1) != 0 || text[sizeof lead - 1] == '\0')
		return usage("--export-objects takes imf,DIRECTORY: %s", text);
	output = keep(p->o, text, strlen(text));
	memcpy(output, "eml:", sizeof lead - 1);
	return add_output(p, output, false);
}

static int
add_pattern(const char **list, size_t *n, char *text)
{
	if (*text == '\0')
		return usage("no finding or severity is named; --list-findings lists them");
	for (char *save = NULL, *one = strtok_r(text, ",", &save); one != NULL; one = strtok_r(NULL, ",", &save)) {
		bool known = false;

		for (enum finding f = 0; f < FINDINGS && !known; f++)
			known = finding_matches(f, slice_of(one));
		if (!known)
			return usage("%s: no such finding or severity; --list-findings lists them", one);
		if (*n == OPTIONS_LIST)
			return usage("too many findings named");
		list[(*n)++] = one;
	}
	return -1;
}

static int
time_format(struct options *o, const char *text)
{
	static const char *const names[] = { "r", "a", "ad", "u", "ud", "e", "d", "n", NULL };
	int i;

	if (!choose(text, names, &i))
		return usage("-t takes r a ad u ud e d or n: %s", text);
	o->show.time = (enum time_format)i;
	o->show.time_given = true;
	return -1;
}

static int
take_choice(const char *option, const char *text, enum choice *choice_r, bool json)
{
	static const char *const names[] = { "auto", "always", "never", "json", NULL };
	int i;

	if (!choose(text, names, &i) || (i == CHOICE_JSON) > json || (i == CHOICE_ALWAYS && json))
		return usage("%s takes auto, %s or never: %s", option, json ? "json" : "always", text);
	*choice_r = (enum choice)i;
	return -1;
}

static int
overlap(struct options *o, const char *text)
{
	for (enum overlap v = OVERLAP_LINUX; v <= OVERLAP_SOLARIS; v++)
		if (strcmp(text, overlap_name(v)) == 0) {
			o->overlap = v;
			return -1;
		}
	return usage("--overlap takes linux, first, last, bsd or solaris: %s", text);
}

static int
checksums(struct options *o, const char *text)
{
	static const char *const names[] = { "auto", "all", "none", NULL };
	int i;

	if (!choose(text, names, &i))
		return usage("-k takes auto, all or none: %s", text);
	o->checksums = (enum checksum_mode)i;
	return -1;
}

/* NAME:VALUE of -a and -b: kilobytes are 1000 bytes there, as tshark has them. */
static bool
limit_value(const char *text, const char *name, uint64_t unit, uint64_t *value_r)
{
	size_t n = strlen(name);

	if (strncmp(text, name, n) != 0 || text[n] != ':' || !number(text + n + 1, UINT64_MAX / unit, value_r) || *value_r == 0)
		return false;
	*value_r *= unit;
	return true;
}

static bool
limit_time(const char *text, const char *name, nstime *time_r)
{
	size_t n = strlen(name);

	return strncmp(text, name, n) == 0 && text[n] == ':' && seconds_value(text + n + 1, time_r) && *time_r > 0;
}

static int
autostop(struct options *o, const char *text)
{
	uint64_t files;

	if (limit_time(text, "duration", &o->stop_time) || limit_value(text, "filesize", 1000, &o->stop_size)
	    || limit_value(text, "packets", 1, &o->stop_packets))
		return -1;
	if (!limit_value(text, "files", 1, &files) || files > UINT32_MAX)
		return usage("-a takes duration:SECONDS, filesize:KB, files:N or packets:N: %s", text);
	o->stop_files = (unsigned)files;
	return -1;
}

static int
ring(struct options *o, const char *text)
{
	struct ring_files *r = &o->ring;
	uint64_t files = 0;

	r->given = true;
	if (limit_time(text, "duration", &r->duration) || limit_time(text, "interval", &r->interval)
	    || limit_value(text, "filesize", 1000, &r->size) || limit_value(text, "packets", 1, &r->packets))
		return -1;
	if (!limit_value(text, "files", 1, &files) || files > LIMIT_RING_FILES)
		return usage("-b takes filesize:KB, duration:SECONDS, interval:SECONDS, packets:N or files:N: %s", text);
	r->files = (unsigned)files;
	return -1;
}

static int
hash(struct options *o, const char *text)
{
	static const struct { slice name; uint32_t want; } digests[] = {
		{ SLICE("sha256"), WANT_SHA256 }, { SLICE("sha1"), WANT_SHA1 }, { SLICE("md5"), WANT_MD5 }, { SLICE("none"), 0 },
	};
	slice name, rest = slice_of(text);

	o->show.digests = 0;
	o->show.digest_all = !slice_eq(rest, S("none"));
	do {
		size_t i = 0;

		slice_cut(rest, ',', &name, &rest);
		while (i < sizeof digests / sizeof digests[0] && !slice_eq(name, digests[i].name))
			i++;
		if (i == sizeof digests / sizeof digests[0])
			return usage("--hash takes sha256, sha1, md5 (with commas), or none: %s", text);
		o->show.digests |= digests[i].want;
	} while (rest.n > 0);
	return -1;
}

static int
list_findings(void)
{
	for (enum finding f = 0; f < FINDINGS; f++) {
		const struct finding_info *i = finding_info(f);

		printf("%s\t%s\t%s\t%s\t%s\n", i->id, severity_name(i->severity), i->reference, i->seen, i->todo);
	}
	return EXIT_DONE;
}

static int
help_fields(void)
{
	for (size_t i = 0; i < nfields; i++)
		printf("%s\t%s\t%s\t%s\n", fields[i].name, field_type_name(fields[i].type), field_scope_name(fields[i].scope), fields[i].about);
	return EXIT_DONE;
}

static int
version(void)
{
	const char *zstd = "", *lz4 = "";

#ifdef HAVE_ZSTD
	zstd = ", zstd";
#endif
#ifdef HAVE_LZ4
	lz4 = ", lz4";
#endif
	printf("smtptap %s\n%s\nreads pcap and pcapng, plain or gzip%s%s\n", VERSION, bpf_library(), zstd, lz4);
	if (libmagic_built_in())
		printf("libmagic for --magic\n");
	for (const struct dissector *const *d = dissectors; *d != NULL; d++)
		printf("  %-6s %s\n", (*d)->name, (*d)->summary);
	return EXIT_DONE;
}

static void
print_option(const struct option_info *i)
{
	char left[64];
	int n;

	if (i->help == NULL)
		return;
	if (i->id < LONG_ONLY && i->name != NULL)
		n = snprintf(left, sizeof left, "-%c, --%s", i->id, i->name);
	else if (i->id < LONG_ONLY)
		n = snprintf(left, sizeof left, "-%c", i->id);
	else
		n = snprintf(left, sizeof left, "--%s", i->name);
	if (i->takes != NULL)
		snprintf(left + n, sizeof left - (size_t)n, " %s", i->takes);
	printf(strlen(left) < 24 ? "  %-23s %s\n" : "  %s\n                          %s\n", left, i->help);
}

static int
help(void)
{
	printf("smtptap reads packets, captured or as they happen, and shows every mail conversation in them.\n\n"
	    "usage: smtptap [options] FILE...\n"
	    "       smtptap [options] -r FILE [FILE...] [capture filter words]\n"
	    "       smtptap [options] -i INTERFACE [capture filter words]\n\n");
	for (int i = 0; i < OPTIONS; i++)
		print_option(&table[i]);
	printf("\noutputs (-T):\n");
	for (const struct sink_format *f = sink_formats; f->name != NULL; f++)
		printf("  %-23s %s\n", f->name, f->summary);
	printf("\nexit status: 0 done, 1 the machine failed, 2 usage or unreadable input, 3 results are\n"
	    "partial (the capture is damaged or cut), 4 --fail-on matched, 5 --require-match and nothing did.\nThe manual, smtptap(1), has the rest.\n");
	return EXIT_DONE;
}

static int
examples(void)
{
	fprintf(stderr,
	    "smtptap mail.pcap                        every mail conversation in a capture\n"
	    "smtptap -i eth0 host 192.0.2.10          as they happen, of one host\n"
	    "smtptap -T json mail.pcap                as JSON Lines, one record for each message\n"
	    "smtptap -T parts:out mail.pcap           each attached file into a directory\n"
	    "smtptap -z summary mail.pcap             only the numbers; smtptap --help has more\n");
	return EXIT_USAGE;
}

static const char *
option_name(const struct option_info *i, char buf[32])
{
	if (i->name != NULL)
		snprintf(buf, 32, "--%s", i->name);
	else
		snprintf(buf, 32, "-%c", i->id);
	return buf;
}

static int
snaplen(struct options *o, const char *arg)
{
	uint64_t n;

	if (!number(arg, INT32_MAX, &n))
		return usage("-s takes a number of bytes: %s", arg);
	o->snaplen = (size_t)n;
	return -1;
}

static int
buffer_size(struct options *o, const char *arg)
{
	uint64_t n;

	if (!number(arg, LIMIT_LIVE_BUFFER_MOST / MiB, &n) || n == 0)
		return usage("-B takes MiB, at most %zu: %s", LIMIT_LIVE_BUFFER_MOST / MiB, arg);
	o->buffer = (size_t)n * MiB;
	return -1;
}

static int
add_interface(struct options *o, const char *arg)
{
	if (*arg == '\0' || o->ninterface == OPTIONS_LIST)
		return usage(*arg == '\0' ? "-i takes the name of an interface; -D lists them" : "too many interfaces");
	o->interface[o->ninterface++] = keep(o, arg, strlen(arg));
	return -1;
}

static int
write_packets(struct options *o, const char *arg)
{
	if (*arg == '\0' || o->write != NULL)
		return usage(*arg == '\0' ? "-w takes a file" : "-w is there twice: packets go into one file");
	o->write = keep(o, arg, strlen(arg));
	return -1;
}

static int
list_interfaces(void)
{
	struct buf list;
	int status;

	buf_init(&list, MiB);
	status = live_list(&list);
	if (status == 0)
		fwrite(list.p, 1, list.n, stdout);
	buf_fini(&list);
	return status == 0 ? EXIT_DONE : EXIT_MACHINE;
}

static int
take_live(struct parse *p, int id, char *arg)
{
	struct options *o = p->o;

	switch (id) {
	case LIVE: return add_interface(o, arg);
	case INTERFACES: return list_interfaces();
	case FOLLOW: o->follow = true; return -1;
	case NO_PROMISC: o->promiscuous = false; return -1;
	case SNAPLEN: return snaplen(o, arg);
	case BUFFER: return buffer_size(o, arg);
	case WRITE: return write_packets(o, arg);
	case RING: return ring(o, arg);
	case STATS_INTERVAL:
		p->interval_given = true;
		return seconds_value(arg, &o->stats_interval) ? -1 : usage("--stats-interval takes seconds: %s", arg);
	case METRICS: o->metrics = keep(o, arg, strlen(arg)); return -1;
	case USER: o->privilege.user = keep(o, arg, strlen(arg)); return -1;
	case REQUIRE_SANDBOX: o->privilege.sandbox = SANDBOX_REQUIRED; return -1;
	case NO_SANDBOX: o->privilege.sandbox = SANDBOX_OFF; return -1;
	case CHECK_SANDBOX: o->check_sandbox = true; return -1;
	case SAVE_DIR: o->save_dir = keep(o, arg, strlen(arg)); return -1;
	default: return EXIT_USAGE;
	}
}

static int
take_more(struct parse *p, int id, char *arg)
{
	struct options *o = p->o;
	uint64_t n;

	switch (id) {
	case SECRETS: o->show.show_secrets = true; return -1;
	case HEADERS: o->show.all_headers = true; return -1;
	case JSON_MAX:
		if (!size_value(arg, &o->show.json_max) || o->show.json_max < 4 * KiB)
			return usage("--json-max takes a size of at least 4k: %s", arg);
		return -1;
	case SENSOR: o->show.sensor = keep(o, arg, strlen(arg)); return -1;
	case HASH: return hash(o, arg);
	case OVERLAP: return overlap(o, arg);
	case MEM:
		if (!size_value(arg, &o->memory) || o->memory < MiB)
			return usage("--mem takes a size of at least 1M: %s", arg);
		return -1;
	case FAIL_ON: return add_pattern(o->fail_on, &o->nfail_on, keep(o, arg, strlen(arg)));
	case IGNORE: return add_pattern(o->ignore, &o->nignore, keep(o, arg, strlen(arg)));
	case STRICT: o->strict = true; return -1;
	case ROWS: return columns_option(o, arg, columns_rows);
	case REQUIRE_MATCH: o->require_match = true; return -1;
	case SPOOL_MAX:
		if (!size_value(arg, &o->spool_max))
			return usage("--spool-max takes a size: %s", arg);
		o->vault_max = o->spool_max;
		return -1;
	case SCREEN: return take_choice("--screen", arg, &p->screen, false);
	case NO_CONFIG: o->no_config = true; return -1;
	case SLOW:
		if (!seconds_value(arg, &o->analysis.slow) || o->analysis.slow == 0)
			return usage("--slow takes seconds: %s", arg);
		return -1;
	case LOCAL_DOMAINS: o->analysis.local_domains = keep(o, arg, strlen(arg)); return -1;
	case LOCAL_NETS: o->analysis.local_nets = keep(o, arg, strlen(arg)); return -1;
	case ALL_PARTS: o->show.all_parts = o->show.digest_all = true; return -1;
	case MAGIC: return open_libmagic();
	case DEFANG: return take_choice("--defang", arg, &o->defang, false);
	case EXPORT_OBJECTS: return export_objects(p, arg);
	case COLOR: return take_choice("--color", arg, &o->colour, false);
	case PROGRESS: return take_choice("--progress", arg, &o->progress, true);
	case COUNT:
		if (!number(arg, UINT64_MAX, &n) || n == 0)
			return usage("-c takes a number of packets: %s", arg);
		o->stop_packets = n;
		return -1;
	default: return take_live(p, id, arg);
	}
}

static int
take(struct parse *p, int id, char *arg)
{
	struct options *o = p->o;

	switch (id) {
	case READ: p->read_given = true; return add_input(o, arg);
	case FILTER: add_filter(p, slice_of(arg)); return end_filter(p);
	case FILTER_FILE: return filter_file(p, arg);
	case PORTS: return ports(o, arg);
	case DISPLAY: return display_filter(o, arg);
	case FIELD: return columns_option(o, arg, columns_add);
	case FIELD_OPTION: return columns_option(o, arg, columns_set);
	case DECODE_AS: return decode_as(o, arg);
	case OUTPUT: return add_output(p, arg, false);
	case STATISTICS: return add_output(p, arg, true);
	case TIME: return time_format(o, arg);
	case AUTOSTOP: return autostop(o, arg);
	case VERBOSE: o->show.verbose++; return -1;
	case WIRE: o->show.wire = true; return -1;
	case HEX: o->show.hex = true; return -1;
	case CHECKSUMS: return checksums(o, arg);
	case LINES: case UNBUFFERED: p->lines_given = o->show.line_buffered = true; return -1;
	case NO_NAMES: case ABSOLUTE: return -1;
	case QUIET: o->quiet = true; return -1;
	case LIST_FINDINGS: return list_findings();
	case HELP_FIELDS: return help_fields();
	case VERSION_: return version();
	case HELP: return help();
	default: return take_more(p, id, arg);
	}
}

/* --- getopt, from the table --- */

static void
getopt_strings(char *shorts, struct option *longs)
{
	*shorts++ = ':';
	for (int i = 0; i < OPTIONS; i++) {
		if (table[i].id < LONG_ONLY) {
			*shorts++ = (char)table[i].id;
			if (table[i].takes != NULL)
				*shorts++ = ':';
		}
		if (table[i].name != NULL)
			*longs++ = (struct option){ table[i].name, table[i].takes ? required_argument : no_argument,
			    NULL, LONG_ONLY * 4 + i };
	}
	*shorts = '\0';
	*longs = (struct option){ 0 };
}

static const struct option_info *
info_of(int c)
{
	if (c >= LONG_ONLY * 4)
		return &table[c - LONG_ONLY * 4];
	for (int i = 0; i < OPTIONS; i++)
		if (table[i].id == c)
			return &table[i];
	return NULL;
}

static int
refuse_planned(const struct option_info *i)
{
	char name[32];

	return usage("%s: not built in this version; --help lists what is", option_name(i, name));
}

static bool
is_known_long(const char *arg)
{
	const char *name = arg + 2;

	for (int i = 0; i < OPTIONS; i++)
		if (strncmp(arg, "--", 2) == 0 && table[i].name != NULL && strcspn(name, "=") == strlen(table[i].name)
		    && strncmp(name, table[i].name, strlen(table[i].name)) == 0)
			return true;
	return false;
}

static int
take_options(struct parse *p, int argc, char **argv)
{
	char shorts[2 * OPTIONS + 2];
	struct option longs[OPTIONS + 1];
	int c, status = -1;

	getopt_strings(shorts, longs);
	opterr = 0;
	while (status == -1 && (c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		const struct option_info *i = info_of(c);

		if (c == ':')
			return usage("%s needs an argument", argv[optind - 1]);
		if (i == NULL && optopt != 0 && optopt < LONG_ONLY)
			return usage("-%c: no such option; --help lists them", optopt);
		if (i == NULL)
			return usage(is_known_long(argv[optind - 1]) ? "%s: takes no argument" : "%s: no such option; --help lists them", argv[optind - 1]);
		if (i->help == NULL)
			return refuse_planned(i);
		status = take(p, i->id, optarg);
	}
	return status;
}

/* --- what stands behind the options --- */

static bool
is_there(const char *path)
{
	struct stat st;

	return strcmp(path, "-") == 0 || stat(path, &st) == 0;
}

/* A word that can hardly be one of a capture filter. */
static bool
looks_like_file(const char *word)
{
	return strstr(word, ".pcap") != NULL || strstr(word, ".cap") != NULL || word[0] == '/' || word[0] == '.'
	    || strchr(word, '/') > word + strspn(word, "0123456789.:abcdefABCDEF");
}

/* Leading words that name existing files are files; the rest is a capture filter, if there is something to filter. */
static int
take_words(struct parse *p, int argc, char **argv)
{
	int i = optind, missing;

	for (; i < argc && p->o->ninterface == 0 && is_there(argv[i]); i++)
		add_input(p->o, argv[i]);
	if (i < argc && p->o->ninterface == 0 && looks_like_file(argv[i]))
		return usage("%s: %s", argv[i], strerror(errno));
	if (i == argc)
		return end_filter(p);
	missing = errno;
	for (int word = i; word < argc; word++)
		add_filter(p, slice_of(argv[word]));
	if (p->read_given || p->o->ninterface > 0)
		return end_filter(p);
	buf_add_byte(&p->words, '\0');
	if (is_display_filter((const char *)p->words.p))
		return refuse_display_filter((const char *)p->words.p);
	return usage("%s: %s (capture filter words need -r or -i)", argv[i], strerror(missing));
}

/* Somebody at a terminal who types packets? */
static int
check_inputs(const struct options *o)
{
	bool standard_input = false;

	if (o->ninterface > 0 && o->ninput > 0)
		return usage("-i and -r: either listen, or read files");
	if (o->follow && o->ninput == 0)
		return usage("--follow is for files");
	for (size_t i = 0; i < o->ninput; i++) {
		if (strcmp(o->input[i], "-") != 0)
			continue;
		if (standard_input)
			return usage("standard input can be read once only");
		if (isatty(STDIN_FILENO))
			return usage("standard input is a terminal: pipe a capture into smtptap, or name a file");
		standard_input = true;
	}
	return o->ninput + o->ninterface > 0 || o->check_sandbox ? -1 : usage("nothing to read: name a capture file, or an interface with -i");
}

/* Are they the same file, under whatever names? Files that are not there yet are compared by name. */
static bool
is_same_file(const char *a, const char *b)
{
	struct stat left, right;

	if (stat(a, &left) == 0 && stat(b, &right) == 0)
		return left.st_dev == right.st_dev && left.st_ino == right.st_ino && (S_ISREG(left.st_mode) || S_ISDIR(left.st_mode));
	return strcmp(a, b) == 0;
}

/* What would be destroyed by writing it: another output, or the capture itself. */
static int
check_output_path(const struct options *o, size_t n)
{
	const char *path = o->output[n].path;

	for (size_t i = 0; i < n && path != NULL; i++)
		if (o->output[i].path != NULL && is_same_file(o->output[i].path, path))
			return usage("two outputs into %s: give each its own file", path);
	for (size_t i = 0; i < o->ninput && path != NULL && !sink_format_find(slice_of(o->output[n].format))->is_directory; i++)
		if (is_same_file(o->input[i], path))
			return usage("%s: this is the capture that is read, and would be overwritten", path);
	return -1;
}

static int
check_writing(const struct options *o)
{
	const struct ring_files *r = &o->ring;
	bool to_stdout = o->write != NULL && strcmp(o->write, "-") == 0;

	if (o->write == NULL && (r->given || o->stop_size > 0 || o->stop_files > 0))
		return usage("%s is for what -w writes", r->given ? "-b" : o->stop_size > 0 ? "-a filesize:" : "-a files:");
	if (r->given && to_stdout)
		return usage("-b needs a file: standard output cannot be begun anew");
	if (r->given && r->size == 0 && r->duration == 0 && r->interval == 0 && r->packets == 0)
		return usage("-b files: says how many are kept; say when the next one begins, too, as -b filesize:10000");
	if (o->stop_files > 0 && !r->given)
		return usage("-a files: is for the files of a ring: -b says when the next one begins");
	for (size_t i = 0; i < o->ninput && o->write != NULL && !to_stdout; i++)
		if (is_same_file(o->input[i], o->write))
			return usage("%s: this is the capture that is read, and would be overwritten", o->write);
	return -1;
}

/* Why there can be no screen, asked for or not. */
static bool
is_screen_possible(const struct options *o, struct buf *why)
{
	for (size_t i = 0; i < o->noutput; i++)
		if (o->output[i].path == NULL) {
			buf_printf(why, "-T %s writes to the same terminal: give it a file", o->output[i].format);
			return false;
		}
	return tui_is_possible(why);
}

/* Somebody looks on, and asked for nothing else. */
static bool
wants_screen(const struct parse *p)
{
	const struct options *o = p->o;

	return p->screen == CHOICE_ALWAYS
	    || (p->screen == CHOICE_AUTO && o->noutput == 0 && !o->quiet && !p->lines_given && o->stop_packets == 0
		&& o->write == NULL && o->metrics == NULL && !o->check_sandbox);
}

static int
decide_screen(struct parse *p)
{
	struct options *o = p->o;
	struct buf why;
	int status = -1;

	if (!wants_screen(p))
		return -1;
	buf_init(&why, KiB);
	o->screen = is_screen_possible(o, &why);
	if (!o->screen && p->screen == CHOICE_ALWAYS)
		status = usage("--screen always: %.*s", (int)why.n, (const char *)why.p);
	buf_fini(&why);
	return status;
}

static int
check_outputs(struct parse *p)
{
	struct options *o = p->o;
	int on_stdout = 0, status = -1;

	if (o->noutput == 0 && !o->quiet && !o->screen && o->write == NULL && o->metrics == NULL)
		o->output[o->noutput++] = (struct output){ o->live ? "lines" : "text", NULL };
	for (size_t i = 0; i < o->noutput; i++)
		on_stdout += o->output[i].path == NULL;
	on_stdout += o->write != NULL && strcmp(o->write, "-") == 0;
	for (size_t i = 0; i < o->noutput && status == -1; i++)
		status = check_output_path(o, i);
	if (status != -1)
		return status;
	if (on_stdout > 1)
		return usage("two outputs on stdout: give all but one a file, as -T json:FILE");
	return -1;
}

/* no-color.org: if it is there and not empty. */
static bool
wants_colour(void)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return (no == NULL || *no == '\0') && terminal != NULL && strcmp(terminal, "dumb") != 0;
}

/* Columns to break lines at; 0: it does not say, or has hardly any. */
static size_t
terminal_width(void)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < NARROWEST)
		return 0;
	return size.ws_col;
}

static void
defaults(struct options *o, int argc, char **argv)
{
	memset(o, 0, sizeof *o);
	memcpy(o->port, default_ports, sizeof default_ports);
	o->nport = sizeof default_ports / sizeof default_ports[0];
	o->memory = LIMIT_MEMORY;
	o->promiscuous = true;
	o->spool_max = LIMIT_SPOOL;
	o->vault_max = LIMIT_VAULT;
	columns_init(&o->columns);
	o->show.json_max = LIMIT_JSON_RECORD;
	o->show.digits = 6;
	o->show.digests = WANT_SHA256;
	o->show.argc = argc;
	o->show.argv = (const char *const *)argv;
}

static void
conclude(struct parse *p)
{
	struct options *o = p->o;

	if (p->filter.n > 0)
		o->filter = keep(o, (const char *)p->filter.p, p->filter.n);
	o->show.live = o->live;
	if (o->live && !p->interval_given)
		o->stats_interval = LIMIT_STATS_INTERVAL;
	o->privilege.screen = o->screen;
	o->privilege.live = o->ninterface > 0;
	o->show.terminal = isatty(STDOUT_FILENO) == 1;
	/* Somebody looks on: what is known is shown at once, also while a pipe is silent. */
	o->show.line_buffered |= o->show.terminal;
	o->show.width = o->show.terminal ? terminal_width() : 0;
	o->show.colour.file = o->colour == CHOICE_ALWAYS;
	o->show.colour.screen = o->colour == CHOICE_ALWAYS
	    || (o->colour == CHOICE_AUTO && o->show.terminal && wants_colour());
	o->monochrome = o->colour == CHOICE_NEVER || (o->colour == CHOICE_AUTO && !wants_colour());
	o->show.defang.file = o->defang == CHOICE_ALWAYS;
	o->show.defang.screen = o->defang == CHOICE_ALWAYS || (o->defang == CHOICE_AUTO && o->show.terminal);
	for (size_t i = 0; i < o->noutput; i++)
		o->show.parts_written |= strcmp(o->output[i].format, "parts") == 0;
	o->show.input = o->input;
	o->show.ninput = o->ninput;
	o->show.overlap = overlap_name(o->overlap);
	o->show.filter = o->filter;
	o->show.columns = &o->columns;
}

int
options_parse(int argc, char **argv, struct options *o)
{
	struct parse p = { .o = o, .statistics_only = true };
	int status;

	defaults(o, argc, argv);
	buf_init(&p.filter, LIMIT_BPF_TEXT);
	buf_init(&p.words, LIMIT_BPF_TEXT);
	if (argc < 2)
		return examples();
	status = take_options(&p, argc, argv);
	if (status == -1)
		status = take_words(&p, argc, argv);
	if (status == -1)
		status = check_inputs(o);
	if (status == -1)
		status = check_writing(o);
	o->live = o->ninterface > 0 || o->follow;
	if (status == -1)
		status = decide_screen(&p);
	if (status == -1)
		status = check_outputs(&p);
	if (status == -1)
		status = check_columns(o);
	conclude(&p);
	if (status == -1)
		status = check_filter(o);
	buf_fini(&p.filter);
	buf_fini(&p.words);
	return status;
}

void
options_free(struct options *o)
{
	for (size_t i = 0; i < o->ntext; i++)
		free(o->text[i]);
	free(o->text);
	free(o->input);
	filter_free(&o->display);
}
