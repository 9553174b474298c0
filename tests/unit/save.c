/* save.c - what the screen saves: into which files, what it says of it, what it never touches; programs that read from us. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* cmocka wants the four above first */
#include <cmocka.h>

#include "capture/privilege/runner.h"
#include "host/save.h"
#include "model/list/list.h"
#include "remember.h"

static struct options options;
static struct memory memory;
static struct saver *saver;
static struct host host;
static char folder[] = "/tmp/smtptap-save-XXXXXX";
static struct buf said;

static const char *
at(const char *name)
{
	static char path[4][200];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

static struct buf
content_of(const char *name)
{
	FILE *f = fopen(at(name), "rb");
	struct buf b;
	int c;

	assert_non_null(f);
	buf_init(&b, SIZE_MAX / 2);
	while ((c = getc(f)) != EOF)
		buf_add_byte(&b, (uint8_t)c);
	fclose(f);
	return b;
}

static bool
contains(const struct buf *b, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i + n <= b->n; i++)
		if (memcmp(b->p + i, text, n) == 0)
			return true;
	return false;
}

static bool
says(const char *text)
{
	bool yes = contains(&said, text);

	if (!yes)
		print_message("said: %.*s\n", (int)said.n, (const char *)said.p);
	return yes;
}

/* Files in the folder, temporary ones too. */
static unsigned
files_in(const char *path)
{
	struct dirent *entry;
	DIR *d = opendir(path);
	unsigned n = 0;

	assert_non_null(d);
	while ((entry = readdir(d)) != NULL)
		n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	closedir(d);
	return n;
}

/* 0: saved; -1: it failed. What was said is in `said`. */
static int
save(struct save_request request)
{
	unsigned percent = 0, before = 0;
	struct save *job;
	int status;

	buf_clear(&said);
	job = host.save(host.self, memory.model, &request, &said);
	if (job == NULL)
		return -1;
	assert_int_equal(said.n, 0);
	while ((status = host.save_work(host.self, &job, 0, &percent, &said)) == 1) {
		assert_true(percent >= before && percent <= 100);
		before = percent;
	}
	assert_null(job);
	assert_true(said.n > 0);
	assert_null(memchr(said.p, '\n', said.n));
	return status;
}

static void
test_json(void **state)
{
	uint32_t item[3] = { nth_item(&memory, ITEM_SESSION, 0), nth_item(&memory, ITEM_ATTEMPT, 0), nth_item(&memory, ITEM_SESSION, 1) };
	struct save_request r = { .format = SAVE_JSON, .path = at("a.json"), .item = item, .n = 3 };
	unsigned files = files_in(folder);
	struct buf json, again;

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("2 sessions, 1 attempt, "));
	assert_true(says(" bytes in /tmp/smtptap-save-"));
	json = content_of("a.json");
	assert_true(contains(&json, "\"type\":\"attempt\"") && contains(&json, "report.pdf"));
	/* Nothing is overwritten, and nothing half-written stays. */
	r.n = 1;
	assert_int_equal(save(r), -1);
	assert_true(says("a.json exists already: choose another name"));
	again = content_of("a.json");
	assert_int_equal(again.n, json.n);
	assert_int_equal(files_in(folder), files + 1);
	buf_fini(&json);
	buf_fini(&again);
	r.path = at("no/such/a.json");
	assert_int_equal(save(r), -1);
	assert_true(says("no/such/a.json: cannot open: there is no directory"));
	r.path = "";
	assert_int_equal(save(r), -1);
	r.path = at("b.json");
	r.n = 0;
	assert_int_equal(save(r), -1);
	assert_int_equal(files_in(folder), files + 1);
}

/* What comes to stand there while it is written is not overwritten either. */
static void
test_race(void **state)
{
	uint32_t item = nth_item(&memory, ITEM_SESSION, 1);
	struct save_request r = { .format = SAVE_TEXT, .path = at("race.txt"), .item = &item, .n = 1 };
	unsigned files = files_in(folder), percent;
	struct save *job;
	int fd, status;
	struct buf b;

	(void)state;
	buf_clear(&said);
	job = host.save(host.self, memory.model, &r, &said);
	assert_non_null(job);
	fd = open(r.path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_equal(write(fd, "mine", 4), 4);
	close(fd);
	while ((status = host.save_work(host.self, &job, INT64_MAX, &percent, &said)) == 1)
		;
	assert_int_equal(status, -1);
	assert_true(says("race.txt exists already"));
	b = content_of("race.txt");
	assert_int_equal(b.n, 4);
	buf_fini(&b);
	assert_int_equal(files_in(folder), files + 1);
}

static void
test_stop(void **state)
{
	static const enum save_format formats[] = { SAVE_TEXT, SAVE_EML, SAVE_CSV, SAVE_PARTS };
	uint32_t item = nth_item(&memory, ITEM_SESSION, 1);
	unsigned percent;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct save_request r = { .format = formats[i], .path = at("stopped"), .item = &item, .n = 1 };
		struct save *job = host.save(host.self, memory.model, &r, &said);

		assert_non_null(job);
		if (i % 2 == 0)
			assert_int_equal(host.save_work(host.self, &job, 0, &percent, &said), 1);
		host.save_stop(host.self, &job);
		assert_null(job);
		if (access(r.path, F_OK) == 0) {
			assert_true(i % 2 == 1);
			assert_true(files_in(r.path) <= 1);	/* the manifest, which says that it failed */
			unlink(at("stopped/manifest.jsonl"));
			assert_int_equal(rmdir(r.path), 0);
		}
	}
}

static void
test_text(void **state)
{
	uint32_t item[2] = { nth_item(&memory, ITEM_MESSAGE, 0), nth_item(&memory, ITEM_SESSION, 0) };
	struct save_request r = { .format = SAVE_TEXT, .path = at("t.txt"), .item = item, .n = 2 };
	struct buf text;

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("1 session, "));		/* the message is one of it */
	text = content_of("t.txt");
	assert_true(contains(&text, "RCPT TO:<nobody@example.net>"));
	assert_false(contains(&text, "\033["));
	buf_fini(&text);
}

static void
test_csv(void **state)
{
	static const char *const wrong[] = { "smtp.nothing" };
	uint32_t item[2] = { nth_item(&memory, ITEM_MESSAGE, 0), nth_item(&memory, ITEM_MESSAGE, 1) };
	struct save_request r = { .format = SAVE_CSV, .path = at("c.csv"), .item = item, .n = 2, .messages = true };
	struct buf text;

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("2 messages, "));
	text = content_of("c.csv");
	assert_true(contains(&text, "@example"));
	buf_fini(&text);
	r.path = at("d.csv");
	r.column = wrong;
	r.ncolumn = 1;
	assert_int_equal(save(r), -1);
	assert_true(says("smtp.nothing"));
}

/* The 11th session's first message has a hole. */
static void
test_eml(void **state)
{
	uint32_t item[3] = { nth_item(&memory, ITEM_MESSAGE, 0), nth_item(&memory, ITEM_MESSAGE, 10), nth_item(&memory, ITEM_MESSAGE, 11) };
	struct save_request r = { .format = SAVE_EML, .path = at("mail"), .item = item, .n = 3 };

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("3 messages, 5,982 bytes in /tmp/smtptap-save-"));
	assert_true(says("/mail/ (2 whole, 1 partial)"));
	assert_int_equal(files_in(r.path), 4);
	/* The same bytes may stand there already. */
	assert_int_equal(save(r), 0);
	assert_int_equal(files_in(r.path), 4);
	r.item = &(uint32_t){ nth_item(&memory, ITEM_SESSION, 5) };	/* AUTH only */
	r.n = 1;
	r.path = at("none");
	assert_int_equal(save(r), 0);
	assert_true(says("there is no message to write in 1 session"));
}

static void
test_parts(void **state)
{
	uint32_t item = nth_item(&memory, ITEM_MESSAGE, 0);
	struct save_request r = { .format = SAVE_PARTS, .path = at("parts"), .item = &item, .n = 1 };

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("1 file, 733 bytes in "));
	r.path = at("part");
	r.part = 2;				/* a text without a name */
	assert_int_equal(save(r), 0);
	assert_true(says("-1-1-part.txt, 66 bytes in "));
	assert_int_equal(files_in(r.path), 1);
	r.part = 9;
	assert_int_equal(save(r), -1);
	assert_true(says("there is no part 9"));
	assert_int_equal(files_in(r.path), 1);
	r.item = &(uint32_t){ NO_ITEM };
	assert_int_equal(save(r), -1);
	assert_true(says("no longer remembered"));
}

static void
test_ladder(void **state)
{
	struct save_request r = { .format = SAVE_LADDER, .path = at("ladder.txt"), .text = S("client      server\n") };
	struct buf text;

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("the ladder, 19 bytes in "));
	text = content_of("ladder.txt");
	assert_true(contains(&text, "client      server\n"));
	buf_fini(&text);
	assert_int_equal(save(r), -1);
	assert_true(says("exists already"));
}

static void
test_packets(void **state)
{
	uint32_t item = nth_item(&memory, ITEM_SESSION, 1);
	struct save_request r = { .format = SAVE_PCAP, .path = at("p.pcapng"), .item = &item, .n = 1 };
	struct memory again;

	(void)state;
	assert_int_equal(save(r), 0);
	assert_true(says("p.pcapng"));
	assert_true(remember(&again, r.path, 16 * MiB, 0, false));
	assert_int_not_equal(nth_item(&again, ITEM_SESSION, 0), NO_ITEM);
	assert_int_equal(nth_item(&again, ITEM_SESSION, 1), NO_ITEM);
	forget_all(&again);
	assert_int_equal(save(r), -1);
	assert_true(says("p.pcapng"));
}

/* Of a session that goes on what there is of it, as if the capture ended. */
static void
test_open_session(void **state)
{
	struct memory whole = memory;
	struct buf text;
	uint32_t item;

	(void)state;
	assert_true(remember(&memory, "captures/tour.pcapng", 16 * MiB, 40, false));
	item = nth_item(&memory, ITEM_SESSION, 1);
	assert_int_not_equal(item, NO_ITEM);
	assert_int_equal(save((struct save_request){ .format = SAVE_TEXT, .path = at("open.txt"), .item = &item, .n = 1 }), 0);
	text = content_of("open.txt");
	assert_true(contains(&text, "the capture ends here"));
	buf_fini(&text);
	forget_all(&memory);
	memory = whole;
}

/* --- printing --- */

static void
test_print(void **state)
{
	uint32_t item = nth_item(&memory, ITEM_SESSION, 4);
	int out = dup(STDOUT_FILENO), fd = open(at("printed"), O_WRONLY | O_CREAT, 0600);
	struct buf text;

	(void)state;
	fflush(stdout);
	options.show.show_secrets = true;		/* not even then */
	dup2(fd, STDOUT_FILENO);
	host.print(host.self, memory.model, &item, 1);
	dup2(out, STDOUT_FILENO);
	options.show.show_secrets = false;
	close(out);
	close(fd);
	text = content_of("printed");
	assert_true(contains(&text, "AUTH PLAIN <redacted>"));
	assert_false(contains(&text, "***"));
	buf_fini(&text);
}

/* --- programs --- */

static struct sigaction
handler_of(int number)
{
	struct sigaction action;

	assert_int_equal(sigaction(number, NULL, &action), 0);
	return action;
}

/* Those that a program may use: the first real-time ones are the C library's own. */
static unsigned long long
mask_in(struct buf *status, const char *name)
{
	buf_add_byte(status, '\0');
	return strtoull(strstr((const char *)status->p, name) + strlen(name), NULL, 16) & 0x7fffffff;
}

static void
test_program(void **state)
{
	char command[300];
	struct buf got;
	int fd;

	(void)state;
	snprintf(command, sizeof command, "cat >%s; ls /proc/self/fd | wc -l >%s; grep -E 'Sig(Ign|Blk)' /proc/self/status >%s; exit 7",
	    at("piped"), at("fds"), at("signals"));
	signal(SIGUSR1, SIG_IGN);
	assert_int_equal(host.pipe_open(host.self, command, &fd), 0);
	assert_ptr_equal(handler_of(SIGINT).sa_handler, SIG_IGN);
	assert_int_equal(write(fd, "a $(touch x) `b`\n", 17), 17);
	assert_int_equal(host.pipe_close(host.self, fd), 7);
	assert_ptr_equal(handler_of(SIGINT).sa_handler, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	got = content_of("piped");
	assert_true(contains(&got, "a $(touch x) `b`\n"));
	buf_fini(&got);
	got = content_of("fds");
	assert_int_equal(strtol((const char *)got.p, NULL, 10), 3 + 1);	/* and that of ls */
	buf_fini(&got);
	got = content_of("signals");
	assert_int_equal(mask_in(&got, "SigBlk:"), 0);
	assert_int_equal(mask_in(&got, "SigIgn:"), 0);
	buf_fini(&got);
}

/* It leaves before all is written: no signal, an error. */
static void
test_program_leaves(void **state)
{
	ssize_t n;
	int fd;

	(void)state;
	assert_int_equal(host.pipe_open(host.self, "exit 3", &fd), 0);
	do
		n = write(fd, "more and more", 13);
	while (n > 0 || errno == EINTR);
	assert_int_equal(errno, EPIPE);
	assert_int_equal(host.pipe_close(host.self, fd), 3);
	assert_int_equal(host.pipe_open(host.self, "kill -9 $$", &fd), 0);
	assert_int_equal(host.pipe_close(host.self, fd), 128 + SIGKILL);
	assert_int_equal(host.pipe_open(host.self, "/no/such/program 2>/dev/null", &fd), 0);
	assert_int_equal(host.pipe_close(host.self, fd), 127);
}

static void
test_no_program(void **state)
{
	int fd;

	(void)state;
	assert_int_equal(host.pipe_open(host.self, "touch refused # no", &fd), 1);
	assert_ptr_equal(handler_of(SIGINT).sa_handler, SIG_DFL);
}

static bool
confirm(const char *command, int socket)
{
	(void)socket;
	return strstr(command, "# no") == NULL;
}

static int
set_up(void **state)
{
	static const char *input[] = { "captures/tour.pcapng" };

	(void)state;
	assert_non_null(mkdtemp(folder));
	buf_init(&said, 4 * KiB);
	options.input = input;
	options.ninput = 1;
	options.spool_max = LIMIT_SPOOL;
	options.show.json_max = LIMIT_JSON_RECORD;
	options.show.digits = 6;
	options.show.digests = WANT_SHA256;
	options.show.input = input;
	options.show.ninput = 1;
	options.show.overlap = "linux";
	assert_true(remember(&memory, input[0], 16 * MiB, 0, false));
	assert_true(runner_start(confirm) >= 0);
	saver = saver_new(&options);
	host = saver_host(saver);
	return 0;
}

static int
tear_down(void **state)
{
	char command[100];

	(void)state;
	forget_all(&memory);
	saver_free(&saver);
	buf_fini(&said);
	snprintf(command, sizeof command, "rm -r %s", folder);
	return system(command);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_race),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_eml),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_ladder),
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_open_session),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_program),
		cmocka_unit_test(test_program_leaves),
		cmocka_unit_test(test_no_program),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
