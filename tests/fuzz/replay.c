/*
 * replay.c - the main of a fuzz target where there is no libFuzzer: feeds it
 * files, and mutations of them.
 *
 *	replay [--mutate N SEED] FILE|DIRECTORY...
 *
 * Each file is run once, then N times changed: bits flipped, bytes set, pieces
 * cut out, doubled, or spliced in from another file. The same arguments give
 * the same inputs, in the same order, everywhere. One line at the end tells
 * how many there were. An input that crashes, or takes over 10 seconds, is
 * saved as crash-TARGET in the current directory.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECONDS = 10, CHANGES = 8, INPUT_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));	/* NULL where a target has none */

/* Sanitizers call these: a report becomes a signal, so that the input can be saved. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);
const char *__asan_default_options(void) { return "abort_on_error=1:handle_segv=0:handle_abort=0"; }
const char *__ubsan_default_options(void) { return "abort_on_error=1:print_stacktrace=1"; }

struct input {
	uint8_t *p;
	size_t n;
};

static struct input *inputs;
static size_t ninputs;
static uint64_t runs;

/* What is being run, for the signal handler. */
static const uint8_t *running;
static size_t running_size;
static char crash_name[256] = "crash-";

static void
save_and_die(int sig)
{
	static const char said[] = "replay: input saved as ";
	int fd;

	signal(sig, SIG_DFL);		/* first: what follows may itself be at fault */
	fd = running ? open(crash_name, O_WRONLY | O_CREAT | O_TRUNC, 0644) : -1;
	if (fd >= 0 && write(fd, running, running_size) == (ssize_t)running_size) {
		(void)!write(STDERR_FILENO, said, sizeof said - 1);
		(void)!write(STDERR_FILENO, crash_name, strlen(crash_name));
		(void)!write(STDERR_FILENO, "\n", 1);
	}
	raise(sig);
	_exit(1);
}

static void
catch_signals(const char *program)
{
	static const int caught[] = { SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGILL, SIGSEGV };
	const char *slash = strrchr(program, '/');

	strncat(crash_name, slash ? slash + 1 : program, sizeof crash_name - strlen(crash_name) - 1);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		signal(caught[i], save_and_die);
}

_Noreturn static void
fail(const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* The input stands at the very end of its own block, where a sanitizer sees the first byte too many. */
static void
run(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (copy == NULL)
		fail("memory");
	memcpy(copy, p, n);
	running = copy;
	running_size = n;
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(copy, n);
	alarm(0);
	running = NULL;
	runs++;
	free(copy);
}

/* Reading */

static void
add_file(const char *name)
{
	struct input in = { .p = malloc(INPUT_MAX) };
	FILE *f = fopen(name, "rb");

	if (f == NULL || in.p == NULL)
		fail(name);
	in.n = fread(in.p, 1, INPUT_MAX, f);
	if (ferror(f))
		fail(name);
	fclose(f);
	inputs = realloc(inputs, (ninputs + 1) * sizeof *inputs);
	in.p = realloc(in.p, in.n ? in.n : 1);
	if (inputs == NULL || in.p == NULL)
		fail("memory");
	inputs[ninputs++] = in;
}

static int
is_file(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
add(const char *name)
{
	struct dirent **entries;
	struct stat st;
	int n;

	if (stat(name, &st) != 0)
		fail(name);
	if (!S_ISDIR(st.st_mode)) {
		add_file(name);
		return;
	}
	n = scandir(name, &entries, is_file, alphasort);
	if (n < 0)
		fail(name);
	for (int i = 0; i < n; i++) {
		size_t size = strlen(name) + strlen(entries[i]->d_name) + 2;
		char *path = malloc(size);

		if (path == NULL)
			fail("memory");
		snprintf(path, size, "%s/%s", name, entries[i]->d_name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			add_file(path);
		free(path);
		free(entries[i]);
	}
	free(entries);
}

/* Mutating */

static uint64_t state;

/* xorshift64* */
static size_t
below(size_t n)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return n ? (size_t)((state * UINT64_C(0x2545f4914f6cdd1d)) >> 33) % n : 0;
}

struct draft {
	uint8_t p[2 * INPUT_MAX];
	size_t n;
};

static void
draft_cut(struct draft *d, size_t at, size_t n)
{
	memmove(d->p + at, d->p + at + n, d->n - at - n);
	d->n -= n;
}

static void
draft_put(struct draft *d, size_t at, const uint8_t *p, size_t n)
{
	if (d->n + n > sizeof d->p)
		return;
	memmove(d->p + at + n, d->p + at, d->n - at);
	memcpy(d->p + at, p, n);
	d->n += n;
}

static void
splice(struct draft *d, const struct input *from)
{
	size_t start = below(from->n), n = below(from->n - start + 1);

	draft_put(d, below(d->n + 1), from->p + start, n);
}

static void
change(struct draft *d)
{
	static const uint8_t telling[] = { 0x00, 0x01, 0x7f, 0x80, 0xff, '\r', '\n', '.' };
	size_t at = below(d->n), n = below(d->n < 64 ? d->n - at + 1 : 64);

	if (d->n == 0 || at + n > d->n) {
		splice(d, &inputs[below(ninputs)]);
		return;
	}
	switch (below(6)) {
	case 0:
	case 1:
		d->p[at] ^= (uint8_t)(1u << below(8));
		break;
	case 2:
		d->p[at] = telling[below(sizeof telling)];
		break;
	case 3:
		draft_cut(d, at, below(4) == 0 ? d->n - at : n);
		break;
	case 4: {
		uint8_t twice[64];

		memcpy(twice, d->p + at, n);
		draft_put(d, at, twice, n);
		break;
	}
	default:
		splice(d, &inputs[below(ninputs)]);
	}
}

static void
run_mutated(const struct input *in, uint64_t seed)
{
	static struct draft d;

	state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
	memcpy(d.p, in->p, in->n);
	d.n = in->n;
	for (size_t i = 1 + below(CHANGES); i > 0; i--)
		change(&d);
	run(d.p, d.n);
}

int
main(int argc, char **argv)
{
	uint64_t mutations = 0, seed = 0;
	int i = 1;

	if (LLVMFuzzerInitialize != NULL)
		LLVMFuzzerInitialize(&argc, &argv);
	if (argc > 3 && strcmp(argv[1], "--mutate") == 0) {
		mutations = strtoull(argv[2], NULL, 10);
		seed = strtoull(argv[3], NULL, 10);
		i = 4;
	}
	if (i >= argc) {
		fprintf(stderr, "usage: %s [--mutate N SEED] FILE|DIRECTORY...\n", argv[0]);
		return 2;
	}
	catch_signals(argv[0]);
	for (; i < argc; i++)
		add(argv[i]);
	for (size_t k = 0; k < ninputs; k++) {
		run(inputs[k].p, inputs[k].n);
		for (uint64_t m = 0; m < mutations; m++)
			run_mutated(&inputs[k], seed + m * ninputs + k);
	}
	printf("%s: %zu files, %" PRIu64 " inputs\n", argv[0], ninputs, runs);
	for (size_t k = 0; k < ninputs; k++)
		free(inputs[k].p);
	free(inputs);
	return 0;
}
