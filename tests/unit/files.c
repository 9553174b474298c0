/* The one door to files: what it gives and what it refuses, before and after the list is frozen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/files_inside.h"
#include "base/whole.h"

#define PIPE 90
#define REGULAR 91
#define TEXT(n) #n
#define DESCRIPTOR(n) "/dev/fd/" TEXT(n)

static int ends[2];
static char dir[] = "/tmp/smtptap-files-XXXXXX";

static void
put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static bool
holds(const char *name, const char *text)
{
	char got[64] = "";
	FILE *f = fopen(name, "r");

	if (f == NULL)
		return false;
	got[fread(got, 1, sizeof got - 1, f)] = '\0';
	fclose(f);
	return strcmp(got, text) == 0;
}

/* An ordinary directory, and what may be done in it; the outside is a neighbour. */
static int
setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(mkdir((const char *[]){ "out", "log", "save", "outside", "save/deep", "config" }[i], 0700), 0);
	put("in.pcap", "packets");
	put("outside/secret", "secret");
	put("save/there", "there");
	put("save/" FILES_LIST, "list\n");
	put("out/" FILES_LIST, "list\n");
	put("out/mail", "mail");
	assert_int_equal(symlink("../outside", "save/link"), 0);
	assert_int_equal(symlink("../outside/secret", "save/lead"), 0);
	assert_int_equal(symlink("../outside/secret", "out/lead"), 0);
	assert_int_equal(symlink("outside/secret", "in.link"), 0);
	assert_int_equal(symlink("led-to", "log/led"), 0);
	assert_int_equal(symlink("not-yet", "log/nowhere"), 0);
	put("log/led-to", "");
	assert_int_equal(mkfifo("fifo", 0600), 0);
	files_allow_input("in.pcap");
	files_allow_input("in.link");
	files_allow_input("fifo");
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(dup2(ends[0], PIPE), PIPE);
	assert_int_equal(dup2(open("regular", O_RDWR | O_CREAT, 0600), REGULAR), REGULAR);
	files_allow_input(DESCRIPTOR(PIPE));
	files_allow_output(DESCRIPTOR(REGULAR));
	files_allow_output("log/lines");
	files_allow_output("log/missing/lines");
	assert_int_equal(mkdir("log/sub", 0700), 0);
	files_allow_output("log/sub/lines");
	files_allow_output("log/later");
	files_allow_output("log/led");
	files_allow_output("log/nowhere");
	files_allow_output("./log/dotted");
	files_allow_preferences("config/smtptap/screen");
	files_allow_ring("log/ring.pcap");
	files_allow_directory("out/");
	files_allow_directory("made");
	files_allow_saving("save");
	return 0;
}

static int
teardown(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", dir);
	return chdir("/") != 0 || system(command) != 0;
}

/* 0, or errno; a descriptor is closed. */
static int
ask(enum files_op op, const char *path, const char *to)
{
	int status = files_ask(op, path, to);

	if (status < 0)
		return errno;
	if (files_opens(op))
		close(status);
	return 0;
}

/* "TEMP" in a path is one of our temporary names. */
static const char *
spell(const char *path, char to[128], uint64_t number)
{
	const char *mark = path != NULL ? strstr(path, "TEMP") : NULL;

	if (mark == NULL)
		return path;
	snprintf(to, 128, "%.*s.smtptap-%jx-%ju.tmp%s", (int)(mark - path), path, (uintmax_t)files_owner(), (uintmax_t)number, mark + 4);
	return to;
}

static void
before_freezing_all_goes(void **state)
{
	(void)state;
	assert_int_equal(ask(FILES_READ, "outside/secret", NULL), 0);
	assert_int_equal(ask(FILES_BESIDE, "outside/.smtptap-x.tmp", NULL), 0);
	assert_int_equal(ask(FILES_REMOVE, "outside/.smtptap-x.tmp", NULL), 0);
}

/* In this order: what one line makes the next may need. */
static void
allowed_and_refused(void **state)
{
	static const struct { int error; enum files_op op; const char *path, *to; } asked[] = {
		/* inputs: as they were said, and only to be read */
		{ 0, FILES_READ, "in.pcap", NULL },
		{ 0, FILES_READ, "in.link", NULL },
		{ 0, FILES_READ, "fifo", NULL },
		{ EACCES, FILES_READ, "./in.pcap", NULL },
		{ EACCES, FILES_READ, "out/../in.pcap", NULL },
		{ EACCES, FILES_READ, "outside/secret", NULL },
		{ EACCES, FILES_READ, "/etc/passwd", NULL },
		{ EACCES, FILES_READ, "", NULL },
		{ EACCES, FILES_READ, NULL, NULL },
		{ EACCES, FILES_APPEND, "in.pcap", NULL },
		{ EACCES, FILES_REMOVE, "in.pcap", NULL },
		{ EACCES, FILES_BESIDE, "TEMP", NULL },
		{ EACCES, (enum files_op)99, "in.pcap", NULL },

		/* outputs */
		{ 0, FILES_APPEND, "log/lines", NULL },
		{ 0, FILES_BESIDE, "log/TEMP", NULL },
		{ 0, FILES_AGAIN, "log/TEMP", NULL },
		{ EACCES, FILES_PLACE, "log/TEMP", "log/other" },
		{ EACCES, FILES_PLACE, "log/TEMP", "log/TEMP" },
		{ EACCES, FILES_PLACE, "log/TEMP", "outside/x" },
		{ EACCES, FILES_PLACE, "log/TEMP", NULL },
		{ EACCES, FILES_PLACE, "in.pcap", "log/lines" },
		{ EACCES, FILES_PLACE, "log/lines", "log/lines" },
		{ EEXIST, FILES_PLACE_NEW, "log/TEMP", "log/lines" },
		{ 0, FILES_PLACE, "log/TEMP", "log/lines" },
		{ ENOENT, FILES_AGAIN, "log/TEMP", NULL },
		{ ENOENT, FILES_BESIDE, "log/missing/TEMP", NULL },
		{ ENOENT, FILES_APPEND, "log/missing/lines", NULL },
		{ 0, FILES_BESIDE, "./log/TEMP", NULL },
		{ 0, FILES_REMOVE, "./log/TEMP", NULL },
		{ EACCES, FILES_READ, "log/lines", NULL },
		{ EACCES, FILES_REMOVE, "log/lines", NULL },
		{ EACCES, FILES_MAKE, "log/missing", NULL },
		{ EACCES, FILES_APPEND, "log/TEMP", NULL },
		{ EACCES, FILES_BESIDE, "log/.smtptap-1-1.tmp", NULL },
		{ EACCES, FILES_BESIDE, "log/.smtptap--1.tmp", NULL },
		{ EACCES, FILES_BESIDE, "log/TEMPx", NULL },
		{ EACCES, FILES_BESIDE, "log/x/../TEMP", NULL },

		/* a ring's files: its name, a number, a time */
		{ 0, FILES_APPEND, "log/ring_00001_20261122060000.pcap", NULL },
		{ 0, FILES_APPEND, "log/ring_123456_20261122060000.pcap", NULL },
		{ 0, FILES_REMOVE, "log/ring_00001_20261122060000.pcap", NULL },
		{ 0, FILES_BESIDE, "log/TEMP", NULL },
		{ 0, FILES_PLACE_NEW, "log/TEMP", "log/ring_00002_20261122060000.pcap" },
		{ EACCES, FILES_APPEND, "log/ring.pcap", NULL },
		{ EACCES, FILES_APPEND, "log/ring_1_20261122060000.pcap", NULL },
		{ EACCES, FILES_APPEND, "log/ring_00001_2026112206000.pcap", NULL },
		{ EACCES, FILES_APPEND, "log/ring_00001_20261122060000.pcapng", NULL },
		{ EACCES, FILES_APPEND, "log/ring_00001_20261122060000", NULL },
		{ EACCES, FILES_APPEND, "outside/ring_00001_20261122060000.pcap", NULL },

		/* preferences: the folders above them, too */
		{ 0, FILES_MAKE, "config/smtptap", NULL },
		{ ENOENT, FILES_READ, "config/smtptap/screen", NULL },
		{ 0, FILES_BESIDE, "config/smtptap/TEMP", NULL },
		{ 0, FILES_PLACE, "config/smtptap/TEMP", "config/smtptap/screen" },
		{ 0, FILES_READ, "config/smtptap/screen", NULL },
		{ EACCES, FILES_MAKE, "config/other", NULL },
		{ EACCES, FILES_MAKE, "config/smtptap/screen/x", NULL },
		{ EACCES, FILES_APPEND, "config/smtptap/screen", NULL },
		{ EACCES, FILES_BESIDE, "config/TEMP", NULL },

		/* names in a directory */
		{ EEXIST, FILES_MAKE, "out", NULL },
		{ 0, FILES_MAKE, "made", NULL },
		{ 0, FILES_BESIDE, "made/TEMP", NULL },
		{ 0, FILES_PLACE_OR_KEEP, "made/TEMP", "made/x" },
		{ 0, FILES_BESIDE, "out/TEMP", NULL },
		{ EEXIST, FILES_PLACE_NEW, "out/TEMP", "out/mail" },
		{ EEXIST, FILES_PLACE_OR_KEEP, "out/TEMP", "out/mail" },
		{ EEXIST, FILES_PLACE_OR_KEEP, "out/TEMP", "out/lead" },
		{ EACCES, FILES_PLACE, "out/TEMP", "out/mail" },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "out/../in.pcap2" },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "out/.." },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "out/.profile" },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "out//x" },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "out/" },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "outside/x" },
		{ EACCES, FILES_PLACE_NEW, "out/TEMP", "save/x" },
		{ 0, FILES_PLACE_NEW, "out/TEMP", "out/new" },
		{ 0, FILES_APPEND, "out/" FILES_LIST, NULL },
		{ 0, FILES_LOOK, "out/mail", NULL },
		{ 0, FILES_LOOK, "out/lead", NULL },
		{ ENOENT, FILES_LOOK, "out/nothing", NULL },
		{ EACCES, FILES_READ, "out/mail", NULL },
		{ EACCES, FILES_APPEND, "out/mail", NULL },
		{ EACCES, FILES_REMOVE, "out/mail", NULL },
		{ EACCES, FILES_MAKE, "out/sub", NULL },
		{ EACCES, FILES_MAKE, "outside/sub", NULL },

		/* saving: anywhere below, but nothing that exists, nothing hidden, and over no link */
		{ ENOTDIR, FILES_BESIDE, "save/link/TEMP", NULL },
		{ 0, FILES_BESIDE, "save/TEMP", NULL },
		{ 0, FILES_PLACE_NEW, "save/TEMP", "save/new" },
		{ 0, FILES_BESIDE, "save/deep/TEMP", NULL },
		{ 0, FILES_AGAIN, "save//./deep/TEMP", NULL },
		{ 0, FILES_PLACE_NEW, "save/deep/TEMP", "save/deep/new" },
		{ 0, FILES_BESIDE, "save/TEMP", NULL },
		{ EACCES, FILES_BESIDE, "save/deep/TEMP", NULL },		/* that number is another file */
		{ EEXIST, FILES_PLACE_NEW, "save/TEMP", "save/there" },
		{ EEXIST, FILES_PLACE_NEW, "save/TEMP", "save/lead" },
		{ EACCES, FILES_PLACE, "save/TEMP", "save/there" },
		{ EACCES, FILES_PLACE_NEW, "save/TEMP", "save/.bashrc" },
		{ EACCES, FILES_PLACE_NEW, "save/TEMP", "save/../in2" },
		{ EACCES, FILES_PLACE_NEW, "save/TEMP", "save/deep/../in2" },
		{ EACCES, FILES_PLACE_NEW, "save/TEMP", "save/.ssh/authorized_keys" },
		{ ENOTDIR, FILES_PLACE_NEW, "save/TEMP", "save/link/x" },
		{ ENOTDIR, FILES_MAKE, "save/link/x", NULL },
		{ EEXIST, FILES_MAKE, "save/link", NULL },
		{ EEXIST, FILES_MAKE, "save", NULL },
		{ EEXIST, FILES_MAKE, "save/", NULL },
		{ 0, FILES_MAKE, "save/sub", NULL },
		{ 0, FILES_MAKE, "save/sub/sub/", NULL },
		{ ENOENT, FILES_MAKE, "save/no/sub", NULL },
		{ EACCES, FILES_MAKE, "save/.sub", NULL },
		{ EACCES, FILES_MAKE, "save/..", NULL },
		{ EACCES, FILES_MAKE, "save/../sub", NULL },
		{ EACCES, FILES_MAKE, "saved", NULL },
		{ 0, FILES_APPEND, "save/" FILES_LIST, NULL },
		{ 0, FILES_APPEND, "save/deep/" FILES_LIST, NULL },
		{ EACCES, FILES_APPEND, "save/there", NULL },
		{ EACCES, FILES_READ, "save/there", NULL },
		{ EACCES, FILES_REMOVE, "save/there", NULL },
		{ 0, FILES_LOOK, "save/there", NULL },
		{ EACCES, FILES_LOOK, "save/../in.pcap", NULL },
		{ 0, FILES_REMOVE, "save/TEMP", NULL },

		{ 0, FILES_UNNAMED, NULL, NULL },
	};

	(void)state;
	files_freeze();
	for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
		char from[128], to[128];
		int error = ask(asked[i].op, spell(asked[i].path, from, 7), spell(asked[i].to, to, 7));

		if (error != asked[i].error)
			fail_msg("%s -> %s, %d: %s, not %s", asked[i].path, asked[i].to, asked[i].op, strerror(error), strerror(asked[i].error));
	}
	assert_true(holds("outside/secret", "secret"));
	assert_int_not_equal(access("outside/new", F_OK), 0);
}

static void
absolute_is_the_same_place(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof path, "%s/save/absolute", dir);
	assert_true(files_may_save(path));
	assert_int_equal(ask(FILES_MAKE, path, NULL), 0);
	assert_false(files_may_save("/etc/x"));
	assert_false(files_may_save("../x"));
	assert_true(files_may_save("save/x/y"));
	assert_false(files_may_save("save/.x/y"));
}

static void
what_is_equal_is_kept(void **state)
{
	struct whole w = { 0 };
	int fd = whole_open(&w, "out/");

	(void)state;
	assert_int_equal(write(fd, "mail", 4), 4);
	assert_int_equal(whole_place(&w, "out/mail", FILES_PLACE_OR_KEEP), 1);
	close(fd);
	fd = whole_open(&w, "out/");
	assert_int_equal(write(fd, "liam", 4), 4);
	close(fd);
	assert_int_equal(whole_place(&w, "out/mail", FILES_PLACE_OR_KEEP), -1);
	assert_int_equal(errno, EEXIST);
	whole_drop(&w, "out/");
	assert_true(holds("out/mail", "mail"));
	assert_int_equal(system("test -z \"$(ls -A out | grep tmp)\""), 0);
}

/* Nothing is written over a link, nor over what another run may have made. */
static void
taken_name_is_left_alone(void **state)
{
	char *name = files_beside("log/lines", files_number());

	(void)state;
	assert_int_equal(symlink("../outside/secret", name), 0);
	assert_int_equal(files_ask(FILES_BESIDE, name, NULL), -1);
	assert_int_equal(errno, EEXIST);
	assert_true(holds("outside/secret", "secret"));
	assert_int_equal(unlink(name), 0);
	free(name);
}

/* Two that share a folder, and have the same process number, each in a container of its own. */
static void
names_are_by_chance(void **state)
{
	char *name = files_beside("log/lines", 1), number[32];

	(void)state;
	snprintf(number, sizeof number, "-%ld-", (long)getpid());
	assert_null(strstr(name, number));
	assert_int_equal(files_owner(), files_owner());
	free(name);
}

/* In a folder of somebody else's, who calls another file by the name of ours. */
static void
exchanged_is_not_opened(void **state)
{
	char *name = files_beside("out/", files_number());

	(void)state;
	assert_int_equal(ask(FILES_BESIDE, name, NULL), 0);
	assert_int_equal(ask(FILES_AGAIN, name, NULL), 0);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(link("outside/secret", name), 0);
	assert_int_equal(ask(FILES_AGAIN, name, NULL), EACCES);
	assert_int_equal(ask(FILES_REMOVE, name, NULL), 0);
	free(name);
}

static void
append_word(const char *path)
{
	int fd = files_ask(FILES_APPEND, path, NULL);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "word", 4), 4);
	close(fd);
}

/* logrotate's classic hole: the log's directory belongs to somebody else, and what root opens again is a link of his by then. */
static void
links_that_came_later_lead_nowhere(void **state)
{
	(void)state;
	append_word("log/later");
	append_word("log/led");
	append_word("log/nowhere");
	assert_true(holds("log/later", "word") && holds("log/led-to", "word") && holds("log/not-yet", "word"));
	for (size_t i = 0; i < 2; i++) {
		const char *name = (const char *[]){ "log/later", "log/led-to" }[i];

		assert_int_equal(unlink(name), 0);
		assert_int_equal(symlink("../outside/secret", name), 0);
	}
	assert_int_equal(ask(FILES_APPEND, "log/later", NULL), ELOOP);
	assert_int_equal(ask(FILES_APPEND, "log/led", NULL), ELOOP);
	assert_true(holds("outside/secret", "secret"));
	/* nor is one in the place of a folder on the way */
	append_word("log/sub/lines");
	assert_int_equal(rename("log/sub", "log/gone"), 0);
	assert_int_equal(symlink("../outside", "log/sub"), 0);
	assert_int_not_equal(ask(FILES_APPEND, "log/sub/lines", NULL), 0);
	assert_int_not_equal(ask(FILES_BESIDE, spell("log/sub/TEMP", (char [128]){ "" }, 9), NULL), 0);
	assert_int_not_equal(access("outside/lines", F_OK), 0);
}

static bool
is_file(const char *path)
{
	return access(path, F_OK) == 0;
}

/* The monitor's part: another process, which has made and placed them. */
static void
forgotten_are_removed(void **state)
{
	pid_t child;
	int status;
	char *kept = files_beside("save/deep/", 101), *gone = files_beside("log/lines", 102);

	(void)state;
	child = fork();
	if (child == 0) {
		int a = files_answer(&(struct files_request){ FILES_BESIDE, kept, NULL });
		int b = files_answer(&(struct files_request){ FILES_BESIDE, gone, NULL });
		int c = files_answer(&(struct files_request){ FILES_PLACE_NEW, kept, "save/deep/kept" });

		files_forget();
		_exit(a < 0 || b < 0 || c < 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_true(is_file("save/deep/kept"));
	assert_false(is_file(kept));
	assert_false(is_file(gone));
	free(kept);
	free(gone);
}

static const struct files_request *asked_through;

static int
caller(const struct files_request *r)
{
	asked_through = r;
	errno = EINTR;
	return -1;
}

static void
goes_through(void **state)
{
	(void)state;
	files_through(caller);
	assert_int_equal(ask(FILES_READ, "in.pcap", NULL), EINTR);
	assert_non_null(asked_through);
	files_through(NULL);
	assert_int_equal(ask(FILES_READ, "in.pcap", NULL), 0);
}

/* What nobody was allowed to touch: names, sizes, contents. */
static void
picture(char *to, size_t size)
{
	FILE *p = popen("find . -path ./save -prune -o -path ./out -prune -o -path ./made -prune -o -path ./log -prune -o -path ./config -prune"
	    " -o -print; cat outside/* in.pcap out/mail save/there; ls save/lead out/lead", "r");

	assert_non_null(p);
	to[fread(to, 1, size - 1, p)] = '\0';
	assert_int_equal(pclose(p), 0);
}

static void
random_path(char *to, size_t size, uint32_t *dice)
{
	static const char *const pieces[] = {
		"save", "out", "log", "made", "config", "outside", "link", "lead", "deep", "there", "mail", "x", "..", "..", ".", "", "/", ".h", "in.pcap",
		"secret", "lines", "ring_00001_20261122060000.pcap", FILES_LIST, "TEMP", "TEMP", "smtptap", "screen",
	};
	char spelled[128], *p = to;
	int n = 0;

	*to = '\0';
	do {
		*dice = *dice * 1103515245 + 12345;
		p += snprintf(p, size - (size_t)(p - to), "%s%s", n > 0 ? "/" : "", pieces[(*dice >> 16) % (sizeof pieces / sizeof pieces[0])]);
	} while (++n < 5 && (*dice >> 8 & 1) != 0);
	if (strlen(to) < 60 && strstr(to, "TEMP") != NULL)
		strcpy(to, spell(to, spelled, 7));
}

static void
temporary_beside(const char *path, char *to, size_t size)
{
	const char *slash = strrchr(path, '/');
	int n = slash != NULL ? (int)(slash - path) + 1 : 0;

	snprintf(to, size, "%.*s.smtptap-%jx-7.tmp", n, path, (uintmax_t)files_owner());
}

/* As a parser might that somebody else has taken over. */
static void
whatever_is_asked_for(void **state)
{
	enum { TIMES = 50000 };
	static char before[8192], after[8192];
	uint32_t dice = 1;
	unsigned done[FILES_OPS] = { 0 };

	(void)state;
	picture(before, sizeof before);
	for (int i = 0; i < TIMES; i++) {
		char from[256], to[256];
		enum files_op op = (enum files_op)(i % FILES_UNNAMED);
		int status;

		random_path(to, sizeof to, &dice);
		if (i / FILES_UNNAMED % 2 == 0)
			random_path(from, sizeof from, &dice);
		else
			temporary_beside(to, from, sizeof from);
		status = files_answer(&(struct files_request){ op, from, to });
		if (status >= 0 && files_opens(op))
			close(status);
		done[op] += status >= 0;
	}
	picture(after, sizeof after);
	assert_string_equal(before, after);
	for (int op = 0; op < FILES_UNNAMED; op++)
		assert_true(done[op] > 0);		/* or it would prove nothing */
	files_forget();
	assert_int_equal(system("test -z \"$(find . -name '*.tmp')\""), 0);
}

static bool
is_same(int fd, int other)
{
	struct stat a, b;
	bool same = fstat(fd, &a) == 0 && fstat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;

	close(fd);
	return same;
}

/* Another process has other ones: they are not asked for there. */
static void
own_descriptors_are_meant(void **state)
{
	(void)state;
	files_through(caller);
	assert_true(is_same(files_ask(FILES_READ, DESCRIPTOR(PIPE), NULL), ends[0]));
	assert_true(is_same(files_ask(FILES_APPEND, DESCRIPTOR(REGULAR), NULL), REGULAR));
	assert_int_equal(ask(FILES_READ, "/dev/fd/92", NULL), EINTR);
	files_through(NULL);
	assert_true(files_is_special(DESCRIPTOR(REGULAR)));
	assert_false(files_is_special("log/lines"));
	assert_int_equal(ask(FILES_READ, "/dev/fd/92", NULL), EACCES);
	assert_int_equal(ask(FILES_READ, "/dev/stdin", NULL), EACCES);
}

static void
unnamed_is_gone_at_once(void **state)
{
	struct stat st;
	int fd = files_ask(FILES_UNNAMED, NULL, NULL);

	(void)state;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(before_freezing_all_goes),
		cmocka_unit_test(allowed_and_refused),
		cmocka_unit_test(absolute_is_the_same_place),
		cmocka_unit_test(what_is_equal_is_kept),
		cmocka_unit_test(taken_name_is_left_alone),
		cmocka_unit_test(names_are_by_chance),
		cmocka_unit_test(exchanged_is_not_opened),
		cmocka_unit_test(links_that_came_later_lead_nowhere),
		cmocka_unit_test(forgotten_are_removed),
		cmocka_unit_test(goes_through),
		cmocka_unit_test(whatever_is_asked_for),
		cmocka_unit_test(own_descriptors_are_meant),
		cmocka_unit_test(unnamed_is_gone_at_once),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
