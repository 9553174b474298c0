/*
 * The outputs for people, from hand-made events: the manual's example as
 * transcript, lines and log; then what else a transcript can say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "record/fold.h"
#include "sink/sinks.h"

#define MS(x)  ((nstime)((x) * 1e6))

static const nstime start = INT64_C(1795285741123456000);	/* 2026-11-21T18:29:01.123456Z */

/* One run: events go to the sink, then to the fold, whose records go to the sink. */
struct run {
	struct sink sink;
	struct fold *fold;
	struct tcp_facts tcp;
	char path[64];
	char *out;
	uint64_t packet, offset[2];
};

static struct run run;

static int
give(void *self, const struct record *r)
{
	struct run *x = self;

	return x->sink.ops->record(x->sink.self, r);
}

static void
begin(const char *format, const struct output_options *options)
{
	struct output where = { .format = format, .path = run.path };
	const struct sink_format *f = sink_format_find(slice_of(format));

	free(run.out);
	memset(&run, 0, sizeof run);
	snprintf(run.path, sizeof run.path, "/tmp/smtptap-unit-text.%ld", (long)getpid());
	run.fold = fold_new(&(struct fold_user){ &run, give }, FOLD_MESSAGES);
	run.tcp = (struct tcp_facts){ .first = start, .handshake = MS(0.4) };
	assert_non_null(f);
	assert_int_equal(f->open(&where, options, run.fold, &run.sink), 0);
}

/* The file that the sink wrote; of the run, freed by the next one. */
static const char *
end(void)
{
	FILE *f;
	size_t n;

	assert_int_equal(fold_finish(run.fold, &(struct rec_stats){ .first = start }), 0);
	fold_free(&run.fold);
	assert_int_equal(run.sink.ops->close(run.sink.self, false), 0);
	f = fopen(run.path, "r");
	assert_non_null(f);
	run.out = calloc(1, 1 << 20);
	assert_non_null(run.out);
	n = fread(run.out, 1, (1 << 20) - 1, f);
	run.out[n] = '\0';
	fclose(f);
	unlink(run.path);
	return run.out;
}

static void
tell(double at, enum dir dir, size_t length, struct event e)
{
	e.at.session = 3;
	e.at.packet = ++run.packet;
	e.at.time = start + MS(at);
	e.at.dir = dir;
	e.at.offset = run.offset[dir];
	e.at.length = length;
	run.offset[dir] += length;
	if ((run.sink.wants & WANT(e.kind)) && run.sink.ops->event != NULL)
		assert_int_equal(run.sink.ops->event(run.sink.self, &e), 0);
	assert_int_equal(fold_event(run.fold, &e), 0);
}

static void
open_session(void)
{
	struct ev_open open = { .protocol = "smtp", .client.port = 51234, .server.port = 25, .tcp = &run.tcp };

	addr_parse(S("192.0.2.10"), &open.client.addr);
	addr_parse(S("198.51.100.5"), &open.server.addr);
	tell(0.4, DIR_CLIENT, 0, (struct event){ .kind = EV_OPEN, .u.open = open });
}

static void
close_session(double at, enum why why, enum dir who)
{
	run.tcp.last = start + MS(at);
	tell(at, who, 0, (struct event){ .kind = EV_CLOSE, .u.close = { why, who, &run.tcp } });
}

static struct ev_command
command(uint32_t serial, const char *verb, const char *line)
{
	struct ev_command c = { .serial = serial, .verb = slice_of(verb), .line = slice_of(line), .line_end = 2 };

	c.args = slice_trim(slice_drop(c.line, c.verb.n));
	return c;
}

static void
client(double at, struct ev_command c)
{
	tell(at, DIR_CLIENT, c.line.n + 2, (struct event){ .kind = EV_COMMAND, .u.command = c });
}

static void
path(double at, struct ev_command c, uint32_t mail, const char *address)
{
	c.mail = mail;
	c.address = slice_of(address);
	c.has_path = true;
	client(at, c);
}

/* `lines` are divided by newlines. */
static void
reply(double at, double wait, const char *lines, struct ev_reply r)
{
	static slice line[8];
	slice rest = slice_of(lines), behind;
	size_t length = 0;

	for (r.nline = 0; rest.n > 0; r.nline++) {
		slice_cut(rest, '\n', &line[r.nline], &rest);
		length += line[r.nline].n + 2;
	}
	r.line = line;
	r.code = atoi(lines);
	r.wait = MS(wait);
	r.text = slice_drop(line[r.nline - 1], 4);
	if (r.text.n > 5 && r.text.p[1] == '.' && slice_cut(r.text, ' ', &r.enhanced, &behind))
		r.text = behind;
	tell(at, DIR_SERVER, length, (struct event){ .kind = EV_REPLY, .u.reply = r });
}

static void
header(const char *name, const char *value, const char *decoded)
{
	struct ev_header h = { 2, slice_of(name), slice_of(value), slice_of(decoded) };

	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_HEADER, .u.header = h });
}

static void
anomaly(double at, enum dir dir, enum finding f, uint32_t mail, const char *detail)
{
	struct ev_anomaly a = { f, mail, slice_of(detail) };

	tell(at, dir, 0, (struct event){ .kind = EV_ANOMALY, .u.anomaly = a });
}

static void
content(double at, uint64_t size, uint64_t missing)
{
	struct ev_mail_end m = { .mail = 2, .size = size, .missing = missing, .whole = missing == 0 };

	tell(at, DIR_CLIENT, size + 3, (struct event){ .kind = EV_MAIL_END, .u.mail_end = m });
}

/* The example of the manual. */
static void
example(void)
{
	open_session();
	reply(21, 20.6, "220 mx.example.net ESMTP Postfix", (struct ev_reply){ .recipient = -1 });
	client(22, command(1, "EHLO", "EHLO client.example.org"));
	reply(23.1, 1.1, "250-mx.example.net\n250-PIPELINING\n250 SIZE 10240000", (struct ev_reply){ .answers = 1, .verb = S("EHLO"), .recipient = -1 });
	path(24, command(2, "MAIL", "MAIL FROM:<alice@example.org> SIZE=3412"), 2, "alice@example.org");
	path(24, command(3, "RCPT", "RCPT TO:<bob@example.net>"), 2, "bob@example.net");
	path(24, command(4, "RCPT", "RCPT TO:<nobody@example.net>"), 2, "nobody@example.net");
	path(24, command(5, "DATA", "DATA"), 2, "");
	reply(25.2, 1.2, "250 2.1.0 Ok", (struct ev_reply){ .answers = 2, .mail = 2, .verb = S("MAIL"), .recipient = -1, .ambiguous = true });
	reply(25.2, 1.2, "250 2.1.5 Ok", (struct ev_reply){ .answers = 3, .mail = 2, .verb = S("RCPT"), .address = S("bob@example.net"),
	    .recipient = 0, .ambiguous = true });
	reply(31, 7, "550 5.1.1 User unknown", (struct ev_reply){ .answers = 4, .mail = 2, .verb = S("RCPT"),
	    .address = S("nobody@example.net"), .recipient = 1, .ambiguous = true });
	anomaly(31, DIR_SERVER, FINDING_SMTP_RCPT_PERMANENT, 2, "nobody@example.net: 550 5.1.1 User unknown");
	reply(31, 7, "354 End data with <CR><LF>.<CR><LF>", (struct ev_reply){ .answers = 5, .mail = 2, .verb = S("DATA"), .recipient = -1,
	    .ambiguous = true });
	tell(40, DIR_CLIENT, 0, (struct event){ .kind = EV_MAIL_BEGIN, .u.mail_begin = { 2, 1, "DATA" } });
	header("From", "Alice <alice@example.org>", "Alice <alice@example.org>");
	header("Subject", "=?utf-8?b?5rWL6K+V?=", "测试");
	content(40, 3412, 0);
	reply(50, 10, "250 2.0.0 Ok: queued as 4F1D2", (struct ev_reply){ .answers = 6, .mail = 2, .verb = S("."), .recipient = -1 });
	tell(50, DIR_SERVER, 0, (struct event){ .kind = EV_MAIL_DONE, .u.mail_done = { 2, 1, MAIL_ACCEPTED, "data", false } });
	client(51, command(7, "QUIT", "QUIT"));
	reply(51.2, 0.2, "221 2.0.0 Bye", (struct ev_reply){ .answers = 7, .verb = S("QUIT"), .recipient = -1 });
	close_session(52, WHY_FIN, DIR_CLIENT);
}

static void
test_example_text(void **state)
{
	static const char want[] =
	    "── session 3 · 2026-11-21T18:29:01.123456Z\n"
	    "   192.0.2.10:51234 → 198.51.100.5:25\n"
	    "  0.000  0.4 ms  · connected\n"
	    "  0.021   21 ms  S 220 mx.example.net ESMTP Postfix\n"
	    "  0.022          C EHLO client.example.org\n"
	    "  0.023  1.1 ms  S 250-mx.example.net\n"
	    "                 S 250-PIPELINING\n"
	    "                 S 250 SIZE 10240000\n"
	    "  0.024          C MAIL FROM:<alice@example.org> SIZE=3412\n"
	    "  0.024          C RCPT TO:<bob@example.net>\n"
	    "  0.024          C RCPT TO:<nobody@example.net>\n"
	    "  0.024          C DATA\n"
	    "  0.025  1.2 ms  S 250 2.1.0 Ok  ← MAIL\n"
	    "  0.025  1.2 ms  S 250 2.1.5 Ok  ← RCPT bob@example.net\n"
	    "  0.031  7.0 ms  S 550 5.1.1 User unknown  ← RCPT nobody@example.net\n"
	    "  0.031  7.0 ms  S 354 End data with <CR><LF>.<CR><LF>  ← DATA\n"
	    "  0.040          C message 1: 3,412 bytes, whole\n"
	    "                   From: Alice <alice@example.org>\n"
	    "                   Subject: 测试\n"
	    "  0.050   10 ms  S 250 2.0.0 Ok: queued as 4F1D2\n"
	    "  0.051          C QUIT\n"
	    "  0.051  0.2 ms  S 221 2.0.0 Bye\n"
	    "  0.052          · closed: QUIT, then FIN by the client\n"
	    "  !  warning  smtp.rcpt-permanent  nobody@example.net: 550 5.1.1 User unknown\n"
	    "── 1 message accepted for 1 of 2 recipients · 6 commands · 0.052 s · 1 finding\n";

	(void)state;
	begin("text", &(struct output_options){ .digits = 6 });
	example();
	assert_string_equal(end(), want);
}

static void
test_example_none(void **state)
{
	(void)state;
	begin("text", &(struct output_options){ .time_given = true, .time = TIME_NONE });
	example();
	end();
	assert_int_equal(strncmp(run.out, "── session 3\n   192.0.2.10 → 198.51.100.5:25\n  · connected\n  S 220 mx", 75), 0);
	assert_non_null(strstr(run.out, "\n  S 250-PIPELINING\n"));
	assert_non_null(strstr(run.out, "\n    Subject: 测试\n"));
	assert_non_null(strstr(run.out, " · 6 commands · 1 finding\n"));
	assert_null(strstr(run.out, " ms"));
	assert_null(strstr(run.out, "51234"));
}

static void
test_example_lines(void **state)
{
	static const char want[] =
	    "2026-11-21T18:29:01.123856Z #3 · connected client=192.0.2.10:51234 server=198.51.100.5:25 wait=0.0004\n"
	    "2026-11-21T18:29:01.144456Z #3 S 220 mx.example.net ESMTP Postfix wait=0.0206\n"
	    "2026-11-21T18:29:01.145456Z #3 C EHLO client.example.org\n"
	    "2026-11-21T18:29:01.146556Z #3 S 250-mx.example.net re=EHLO wait=0.0011\n"
	    "2026-11-21T18:29:01.146556Z #3 S 250-PIPELINING re=EHLO\n"
	    "2026-11-21T18:29:01.146556Z #3 S 250 SIZE 10240000 re=EHLO\n";

	(void)state;
	begin("lines", &(struct output_options){ .digits = 6 });
	example();
	end();
	assert_int_equal(strncmp(run.out, want, sizeof want - 1), 0);
	assert_non_null(strstr(run.out,
	    "\n2026-11-21T18:29:01.154456Z #3 S 550 5.1.1 User unknown re=RCPT:nobody@example.net wait=0.007\n"
	    "2026-11-21T18:29:01.154456Z #3 ! warning smtp.rcpt-permanent nobody@example.net: 550 5.1.1 User unknown\n"));
	assert_non_null(strstr(run.out,
	    "\n2026-11-21T18:29:01.163456Z #3 C message 1: 3,412 bytes, whole size=3412 whole=yes\n"
	    "2026-11-21T18:29:01.163456Z #3 C message 1 From: Alice <alice@example.org>\n"));
	assert_non_null(strstr(run.out, " S 250 2.0.0 Ok: queued as 4F1D2 re=message wait=0.010\n"));
	assert_non_null(strstr(run.out, " · closed: QUIT, then FIN by the client duration=0.052\n"));
}

static void
test_example_log(void **state)
{
	static const char want[] =
	    "2026-11-21T18:29:01.173456Z #3.1 192.0.2.10>198.51.100.5:25 from=<alice@example.org> to=<bob@example.net> size=3412 "
	    "delay=0.05 dsn=2.0.0 status=accepted stage=DATA (250 2.0.0 Ok: queued as 4F1D2)\n"
	    "2026-11-21T18:29:01.154456Z #3.1 192.0.2.10>198.51.100.5:25 from=<alice@example.org> to=<nobody@example.net> size=3412 "
	    "delay=0.03 dsn=5.1.1 status=refused stage=RCPT (550 5.1.1 User unknown)\n";

	(void)state;
	begin("log", &(struct output_options){ .digits = 6 });
	example();
	assert_string_equal(end(), want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example_text),
		cmocka_unit_test(test_example_none),
		cmocka_unit_test(test_example_lines),
		cmocka_unit_test(test_example_log),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	free(run.out);
	return failed;
}
