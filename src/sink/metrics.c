/*
 * metrics.c - -T metrics: counters and waits for a monitoring system, in
 * OpenMetrics' text format, written anew with each statistics record.
 *
 * The file is replaced as a whole, live too: whoever reads it gets one page or
 * the next one. Standard output, and what is no regular file, get the last
 * page only. No label holds anything that came from the wire: their values
 * stand in tables of this program, so that their number is bounded. The
 * numbers are of all that was read, whatever -Y shows.
 *
 * A page that cannot be written is said once, and the next one is tried:
 * packets are not lost for it. Only of the last one it is a failure.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/whole.h"
#include "base/write.h"
#include "formats.h"
#include "openmetrics.h"
#include "output.h"
#include "record/waits.h"

enum { CLASSES = 6, STAGES = 4, BUCKETS = 16 };

static const char *const class_name[CLASSES] = { "other", "1yz", "2yz", "3yz", "4yz", "5yz" };	/* by first digit */
static const char *const stage_name[STAGES] = { "mail", "rcpt", "data", "bdat" };

/* What a wait is at most, and how OpenMetrics (Considerations: Canonical Numbers) writes it. The last bucket has no bound. */
static const struct { nstime most; const char *le; } buckets[BUCKETS] = {
	{ NSTIME_MS, "0.001" }, { 5 * NSTIME_MS / 2, "0.0025" }, { 5 * NSTIME_MS, "0.005" }, { 10 * NSTIME_MS, "0.01" },
	{ 25 * NSTIME_MS, "0.025" }, { 50 * NSTIME_MS, "0.05" }, { 100 * NSTIME_MS, "0.1" }, { 250 * NSTIME_MS, "0.25" },
	{ 500 * NSTIME_MS, "0.5" }, { NSTIME_S, "1.0" }, { 5 * NSTIME_S / 2, "2.5" }, { 5 * NSTIME_S, "5.0" },
	{ 10 * NSTIME_S, "10.0" }, { 30 * NSTIME_S, "30.0" }, { 300 * NSTIME_S, "300.0" }, { INT64_MAX, "+Inf" },
};

/* Of one kind of command. */
struct answers {
	uint64_t class[CLASSES];
	uint64_t bucket[BUCKETS], waits;	/* each wait in the first bucket that holds it */
	nstime sum;
};

struct metrics_sink {
	struct answers answers[WAITS];
	uint64_t refused[STAGES];	/* messages, before their content or with it */
	const char *sensor;
	struct buf page;
	char *path;			/* the file that is replaced; or NULL: … */
	struct output_file *output;	/* … where the last page is written to */
	bool failing;			/* the page could not be written, and that was said */
};

/* --- what is counted here --- */

/* A reply that was captured before its command took no time. */
static void
count_wait(struct answers *a, nstime wait)
{
	int bucket = 0;

	while (wait > buckets[bucket].most)
		bucket++;
	a->bucket[bucket]++;
	a->waits++;
	a->sum += wait > 0 ? wait : 0;
}

static int
on_event(void *self, const struct event *e)
{
	const struct ev_reply *r = &e->u.reply;
	struct answers *a = &((struct metrics_sink *)self)->answers[waits_of(r->verb)];

	a->class[r->code >= 100 && r->code < 600 ? r->code / 100 : 0]++;
	if (r->wait != NSTIME_NONE)
		count_wait(a, r->wait);
	return 0;
}

static void
count_message(struct metrics_sink *s, const struct rec_message *m)
{
	if ((m->status != MAIL_REFUSED && m->status != MAIL_REJECTED) || m->stage == NULL)
		return;
	for (int stage = 0; stage < STAGES; stage++)
		s->refused[stage] += strcmp(m->stage, stage_name[stage]) == 0;
}

/* --- the page --- */

/* Numbers that the run counts anyway. */
static const struct { const char *name, *unit; size_t offset; const char *help; } numbers[] = {
#define OF(field) offsetof(struct rec_stats, field)
	{ "smtptap_packets", NULL, OF(packets), "Packets read." },
	{ "smtptap_packet_bytes", "bytes", OF(bytes), "Bytes of these packets." },
	{ "smtptap_filtered_packets", NULL, OF(filtered), "Packets that the capture filter left out, of files." },
	{ "smtptap_tcp_segments", NULL, OF(tcp_segments), "TCP segments read." },
	{ "smtptap_retransmitted_segments", NULL, OF(retransmitted), "TCP segments that were sent again." },
	{ "smtptap_out_of_order_segments", NULL, OF(out_of_order), "TCP segments that came before an earlier one." },
	{ "smtptap_overlap_conflicts", NULL, OF(conflicts), "TCP segments with other bytes for the same place." },
	{ "smtptap_gaps", NULL, OF(gaps), "Gaps in TCP streams." },
	{ "smtptap_missing_bytes", "bytes", OF(missing_bytes), "Bytes missing in them." },
	{ "smtptap_evicted_connections", NULL, OF(evicted), "Connections given up because the memory budget was used up." },
	{ "smtptap_connections", NULL, OF(connections), "TCP connections." },
	{ "smtptap_sessions", NULL, OF(sessions), "Mail sessions." },
	{ "smtptap_attempts", NULL, OF(attempts), "Connections to mail ports that never became sessions." },
	{ "smtptap_commands", NULL, OF(command_count), "Commands of clients." },
	{ "smtptap_recipients", NULL, OF(recipients), "Recipients of messages." },
	{ "smtptap_message_bytes", "bytes", OF(message_bytes), "Bytes of message contents." },
#undef OF
};

static uint64_t
field(const struct rec_stats *st, size_t offset)
{
	return *(const uint64_t *)(const void *)((const char *)st + offset);
}

static void
put_numbers(struct openmetrics *m, const struct rec_stats *st)
{
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		openmetrics_family(m, numbers[i].name, "counter", numbers[i].unit, numbers[i].help);
		openmetrics_number(m, "_total", NULL, field(st, numbers[i].offset));
	}
}

static void
put_dropped(struct openmetrics *m, const struct rec_stats *st)
{
	const struct { const char *reason; uint64_t packets; } drops[] = {
		{ "kernel", st->drops.kernel }, { "interface", st->drops.interface }, { "smtptap", st->drops.ours },
	};

	openmetrics_family(m, "smtptap_dropped_packets", "counter", NULL, "Packets dropped while capturing.");
	for (size_t i = 0; i < sizeof drops / sizeof drops[0]; i++)
		openmetrics_number(m, "_total", (struct openmetrics_label[]){ { "reason", drops[i].reason }, { 0 } }, drops[i].packets);
}

static void
put_messages(struct openmetrics *m, const struct rec_stats *st)
{
	openmetrics_family(m, "smtptap_messages", "counter", NULL, "Messages, by what became of them.");
	for (enum mail_status status = 0; status <= MAIL_INCOMPLETE; status++)
		openmetrics_number(m, "_total", (struct openmetrics_label[]){ { "status", mail_status_name(status) }, { 0 } }, st->status[status]);
}

static void
put_refused(struct openmetrics *m, const uint64_t refused[STAGES])
{
	openmetrics_family(m, "smtptap_refused_messages", "counter", NULL, "Messages refused or rejected, by the command that met the refusal.");
	for (int stage = 0; stage < STAGES; stage++)
		openmetrics_number(m, "_total", (struct openmetrics_label[]){ { "stage", stage_name[stage] }, { 0 } }, refused[stage]);
}

static void
put_replies(struct openmetrics *m, const struct metrics_sink *s)
{
	openmetrics_family(m, "smtptap_replies", "counter", NULL, "Replies of servers, by the command answered and the first digit.");
	for (enum waits command = 0; command < WAITS; command++)
		for (int class = 0; class < CLASSES; class++) {
			const struct openmetrics_label labels[] = { { "command", waits_name(command) }, { "class", class_name[class] }, { 0 } };

			if (s->answers[command].class[class] > 0)
				openmetrics_number(m, "_total", labels, s->answers[command].class[class]);
		}
}

static void
put_histogram(struct openmetrics *m, const char *command, const struct answers *a)
{
	const struct openmetrics_label labels[] = { { "command", command }, { 0 } };
	uint64_t so_far = 0;

	for (int i = 0; i < BUCKETS; i++) {
		so_far += a->bucket[i];
		openmetrics_number(m, "_bucket", (struct openmetrics_label[]){ labels[0], { "le", buckets[i].le }, { 0 } }, so_far);
	}
	openmetrics_number(m, "_count", labels, a->waits);
	openmetrics_seconds(m, "_sum", labels, a->sum);
}

static void
put_waits(struct openmetrics *m, const struct metrics_sink *s)
{
	openmetrics_family(m, "smtptap_reply_wait_seconds", "histogram", "seconds", "How long servers took to answer a command.");
	for (enum waits command = 0; command < WAITS; command++)
		if (s->answers[command].waits > 0)
			put_histogram(m, waits_name(command), &s->answers[command]);
}

static void
put_findings(struct openmetrics *m, const struct rec_stats *st)
{
	openmetrics_family(m, "smtptap_findings", "counter", NULL, "Findings, by id; --list-findings tells what they mean.");
	for (enum finding f = 0; f < FINDINGS; f++) {
		const struct finding_info *i = finding_info(f);
		const struct openmetrics_label labels[] = { { "id", i->id }, { "severity", severity_name(i->severity) }, { 0 } };

		openmetrics_number(m, "_total", labels, st->finding[f]);
	}
}

static void
put_gauge(struct openmetrics *m, const char *name, const char *unit, uint64_t value, const char *help)
{
	openmetrics_family(m, name, "gauge", unit, help);
	openmetrics_number(m, "", NULL, value);
}

static void
put_time(struct openmetrics *m, const char *name, nstime time, const char *help)
{
	if (time == NSTIME_NONE)
		return;
	openmetrics_family(m, name, "gauge", "seconds", help);
	openmetrics_seconds(m, "", NULL, time);
}

static void
put_state(struct openmetrics *m, const struct rec_stats *st)
{
	openmetrics_family(m, "smtptap_build_info", "gauge", NULL, "Always 1; which version wrote this.");
	openmetrics_number(m, "", (struct openmetrics_label[]){ { "version", VERSION }, { 0 } }, 1);
	put_gauge(m, "smtptap_up", NULL, !st->final, "1 while packets are read; 0 in the last page of a run.");
	put_gauge(m, "smtptap_input_damaged", NULL, st->damaged, "1 if some of the input could not be read.");
	put_gauge(m, "smtptap_open_sessions", NULL, st->open_sessions, "Mail sessions that are open.");
	put_gauge(m, "smtptap_open_connections", NULL, st->open_flows, "TCP connections that are open.");
	put_gauge(m, "smtptap_memory_bytes", "bytes", st->memory, "Memory kept for what is open; --mem is its bound.");
	put_gauge(m, "smtptap_memory_peak_bytes", "bytes", st->memory_peak, "The most that was kept for sessions.");
	put_time(m, "smtptap_first_packet_timestamp_seconds", st->first, "When the first packet passed.");
	put_time(m, "smtptap_last_packet_timestamp_seconds", st->last, "When the last packet passed.");
}

static void
put_page(struct metrics_sink *s, const struct rec_stats *st)
{
	struct openmetrics m = { .out = &s->page, .sensor = s->sensor };

	buf_clear(&s->page);
	put_state(&m, st);
	put_numbers(&m, st);
	put_dropped(&m, st);
	put_messages(&m, st);
	put_refused(&m, s->refused);
	put_replies(&m, s);
	put_waits(&m, s);
	put_findings(&m, st);
	openmetrics_end(&m);
}

/* --- where it goes --- */

/* False: errno. */
static bool
replace(struct metrics_sink *s)
{
	struct whole file = { 0 };
	int fd = whole_open(&file, s->path), status;

	if (fd < 0)
		return false;
	status = write_all(fd, buf_slice(&s->page));
	if (close(fd) < 0)			/* network file systems tell here that the disk is full */
		status = -1;
	if (status == 0)
		status = whole_place(&file, s->path, FILES_PLACE);
	whole_drop(&file, s->path);
	return status == 0;
}

static void
replace_or_tell(struct metrics_sink *s)
{
	bool good = replace(s);

	if (!good && !s->failing)
		warn("%s: cannot write: %s", s->path, strerror(errno));
	s->failing = !good;
}

static int
on_record(void *self, const struct record *r)
{
	struct metrics_sink *s = self;

	if (r->kind == REC_MESSAGE)
		count_message(s, r->u.message);
	if (r->kind != REC_STATS)
		return 0;
	put_page(s, r->u.stats);
	if (s->output == NULL)
		replace_or_tell(s);
	else if (r->u.stats->final)
		return output_add(s->output, buf_slice(&s->page));
	return 0;
}

static int
on_close(void *self, bool failed)
{
	struct metrics_sink *s = self;
	int status = output_close(&s->output, failed) != 0 || s->failing ? -1 : 0;

	buf_fini(&s->page);
	free(s->path);
	free(s);
	return status;
}

/* False: what to do was said. */
static bool
can_be_written(const char *path)
{
	struct whole file = { 0 };
	int fd = whole_open(&file, path);
	struct buf words;

	if (fd >= 0) {
		close(fd);
		whole_drop(&file, path);
		return true;
	}
	buf_init(&words, 16 * KiB);
	whole_say_why(&words, path, path, errno);
	warn("%.*s", (int)words.n, (const char *)words.p);
	buf_fini(&words);
	return false;
}

/* Live a page of zeros stands there until the first statistics record. */
static int
begin(struct metrics_sink *s, bool live)
{
	if (!can_be_written(s->path))
		return -1;
	if (live) {
		put_page(s, &(struct rec_stats){ .first = NSTIME_NONE, .last = NSTIME_NONE });
		replace_or_tell(s);
	}
	return s->failing ? -1 : 0;
}

static const struct sink_ops ops = { .name = "metrics", .event = on_event, .record = on_record, .close = on_close };

int
metrics_open(const struct output *where, const struct output_options *options, const struct fold *fold, struct sink *sink_r)
{
	struct metrics_sink *s = xcalloc(1, sizeof *s);
	int status = 0;

	(void)fold;
	s->sensor = options->sensor;
	buf_init(&s->page, MiB);
	if (where->path != NULL && !files_is_special(where->path)) {
		s->path = strdup(where->path);
		status = s->path != NULL ? begin(s, options->live) : -1;
	} else {
		s->output = output_open(where, options);
		status = s->output != NULL ? 0 : -1;
	}
	if (status != 0) {
		on_close(s, true);
		return -1;
	}
	*sink_r = (struct sink){ .ops = &ops, .self = s, .wants = WANT(EV_REPLY) };
	return 0;
}
