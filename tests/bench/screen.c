/*
 * screen.c - what the screen's model costs: a capture is read on one thread,
 * remembered, and listed on another, as the program does it, with no terminal.
 *
 * screen FILE [SPOOL_MIB [MEMORY_MIB]] prints a line for each figure. The
 * list is asked for what it shows every 50 ms, as when somebody looks on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/machine.h"
#include "base/thread.h"
#include "capture/file.h"
#include "decode/decode.h"
#include "engine/engine.h"
#include "model/list/list.h"
#include "model/model.h"
#include "model/recorder/recorder.h"

enum { TURN_MS = 50 };

struct bench {
	struct source source;
	struct engine *engine;
	struct engine_result result;
	struct channel *news;
	double reader_cpu;
};

static double
thread_cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool
give(void *self, struct news_batch *b)
{
	return channel_put(((struct bench *)self)->news, b);
}

static void
read_all(void *self)
{
	struct bench *b = self;

	engine_run(b->engine, &b->result);
	b->reader_cpu = thread_cpu();
	channel_close(b->news);
}

static void
start(struct bench *b, const char *path, struct vault *vault, size_t memory)
{
	static const uint16_t ports[] = { 25, 465, 587 };
	struct file_options file = { .path = &path, .npath = 1, .linktype_known = decode_linktype_known };
	struct sink sink;
	int status;

	if (file_open(&file, &b->source, &status) != 0)
		exit(status);
	b->news = channel_new(LIMIT_BATCHES);
	b->engine = engine_new(&(struct engine_options){
		.source = &b->source, .mail_port = ports, .nmail_port = 3, .memory = memory - memory / 4, .keep = recorder_keeps(false),
	});
	recorder_open(&(struct recorder_options){ .vault = vault, .fold = engine_fold(b->engine), .give = give, .self = b }, &sink);
	engine_add_sink(b->engine, &sink);
}

static double
seconds_of(nstime t)
{
	return (double)t / (double)NSTIME_S;
}

static void
show_vault(const struct vault *v)
{
	static const char *const names[] = { "events", "bodies", "records" };

	for (int i = 0; i < VAULT_RINGS; i++)
		printf("%s kept %llu MiB, let go %llu MiB\n", names[i], (unsigned long long)(vault_kept(v, (enum vault_ring)i) / MiB),
		    (unsigned long long)(vault_gone(v, (enum vault_ring)i) / MiB));
}

/* Everything once, as a filter asks it. */
static void
read_records(const struct model *m)
{
	struct desk *d = desk_new();
	nstime began = machine_steady();
	size_t n = 0, gone = 0;
	struct unit u;

	for (uint32_t i = model_first(m); i < model_end(m); i++, n++)
		gone += !model_read(m, i, d, &u);
	printf("all %zu records read in %.3f s, %zu let go\n", n, seconds_of(machine_steady() - began), gone);
	desk_free(&d);
}

int
main(int argc, char **argv)
{
	size_t spool = argc > 2 ? strtoul(argv[2], NULL, 10) * MiB : LIMIT_VAULT;
	size_t memory = argc > 3 ? strtoul(argv[3], NULL, 10) * MiB : LIMIT_MEMORY;
	struct vault *vault = vault_new(spool);
	struct model *m = model_new(vault, memory / 4);
	struct list *list = list_new(m, LIST_SESSIONS);
	struct bench b = { .engine = NULL };
	struct thread *thread;
	struct rusage usage;
	nstime began = machine_steady(), longest = 0, all = 0;
	size_t batches = 0;
	void *item;

	if (argc < 2)
		return 2;
	start(&b, argv[1], vault, memory);
	thread = thread_start(read_all, &b);
	while (channel_take(b.news, -1, &item) == CHANNEL_ITEM) {
		struct news_batch *news = item;
		nstime before = machine_steady(), took;

		model_take(m, &news);
		took = machine_steady() - before;
		longest = took > longest ? took : longest;
		all += took;
		batches++;
		(void)list_work(list, machine_steady() + TURN_MS * NSTIME_MS / 5);
	}
	while (list_work(list, machine_steady() + TURN_MS * NSTIME_MS))
		;
	thread_join(&thread);
	printf("complete after %.2f s; reader %.2f s of CPU, listener %.2f s\n", seconds_of(machine_steady() - began), b.reader_cpu, thread_cpu());
	printf("%zu batches: %.3f s in model_take(), the longest %.2f ms\n", batches, seconds_of(all), (double)longest / 1e6);
	printf("%llu sessions, %u items, %zu listed, %llu forgotten; the model takes %zu MiB\n", (unsigned long long)b.result.sessions,
	    model_end(m), list_count(list), (unsigned long long)model_forgotten(m), model_memory(m) / MiB);
	show_vault(vault);
	read_records(m);
	getrusage(RUSAGE_SELF, &usage);
	printf("peak %ld MiB\n", usage.ru_maxrss / 1024);
	list_free(&list);
	engine_free(&b.engine);
	b.source.close(b.source.self);
	channel_free(&b.news);
	model_free(&m);
	vault_free(&vault);
	return 0;
}
