/* packets.c - the packets of chosen sessions are those that the input holds of them, byte for byte. */
#include "capture_build.h"

#include <sys/stat.h>

#include "decode/decode.h"
#include "engine/engine.h"
#include "host/packets.h"
#include "model/list/list.h"
#include "model/recorder/recorder.h"

static char folder[] = "/tmp/packets-test-XXXXXX", file[64];

struct world {
	struct options options;
	const char *input[2];
	struct vault *vault;
	struct model *model;
	struct tee *tee;
};

static bool
give(void *self, struct news_batch *b)
{
	model_take(((struct world *)self)->model, &b);
	return true;
}

static void
world_open(struct world *w, const char *first, const char *second, bool once)
{
	static const uint16_t ports[] = { 25, 587 };
	struct source from, through;
	struct file_options how = { .path = w->input, .npath = second ? 2 : 1, .quiet = true, .linktype_known = decode_linktype_known };
	struct engine_result result;
	struct engine *e;
	struct sink sink;
	int status;

	memset(w, 0, sizeof *w);
	w->input[0] = first;
	w->input[1] = second;
	w->options.input = w->input;
	w->options.ninput = how.npath;
	w->vault = vault_new(64 * MiB);
	w->model = model_new(w->vault, 64 * MiB);
	w->tee = once ? tee_new(64 * MiB) : NULL;
	assert_int_equal(file_open(&how, &from, &status), 0);
	through = once ? tee_source(w->tee, &from) : from;
	e = engine_new(&(struct engine_options){
		.source = &through, .mail_port = ports, .nmail_port = 2, .memory = LIMIT_MEMORY, .keep = recorder_keeps(false),
	});
	recorder_open(&(struct recorder_options){ .vault = w->vault, .fold = engine_fold(e), .give = give, .self = w }, &sink);
	engine_add_sink(e, &sink);
	engine_run(e, &result);
	engine_free(&e);
	through.close(through.self);
}

static void
world_close(struct world *w)
{
	tee_free(&w->tee);
	model_free(&w->model);
	vault_free(&w->vault);
	unlink(file);
}

/* The status of packets_work() at its end; said: its last words. */
static int
save(struct world *w, const uint32_t *item, size_t n, struct buf *said)
{
	struct packets_options o = { &w->options, w->tee, w->model, item, n, file };
	struct packets *p = packets_new(&o, said);
	unsigned percent = 0, before = 0;
	int status;

	if (p == NULL)
		return -1;
	while ((status = packets_work(&p, 0, &percent, said)) == 1) {
		assert_true(percent >= before && percent < 100);
		assert_int_equal(said->n, 0);
		before = percent;
	}
	assert_null(p);
	return status;
}

static void
expect_saved(struct world *w, const uint32_t *item, size_t n)
{
	struct buf said;

	buf_init(&said, KiB);
	if (save(w, item, n, &said) != 0)
		fail_msg("%.*s", (int)said.n, (const char *)said.p);
	assert_true(said.n > 0);
	buf_fini(&said);
}

static struct run *
read_saved(void)
{
	const char *paths[] = { file };

	return run_paths(paths, 1);
}

/* Every frame that was saved stands in the capture, in this order. */
static size_t
expect_part_of(const struct run *saved, const char *capture)
{
	struct file_options how = { .path = &capture, .npath = 1, .quiet = true };
	struct source source;
	struct frame f;
	size_t i = 0, all = 0;
	int status;

	assert_int_equal(file_open(&how, &source, &status), 0);
	while (source.next(source.self, &f) == SOURCE_FRAME) {
		all++;
		if (i < saved->n && f.time == saved->frame[i].time && slice_eq(f.bytes, saved->frame[i].bytes))
			i++;
	}
	assert_int_equal(i, saved->n);
	source.close(source.self);
	return all;
}

static void
one_session(bool once)
{
	struct world w;
	struct run *r;
	struct unit u;
	struct desk *d = desk_new();
	uint32_t item;

	world_open(&w, "captures/normal.pcap", NULL, once);
	item = model_find(w.model, 2);
	assert_true(model_read(w.model, item, d, &u));
	expect_saved(&w, &item, 1);
	r = read_saved();
	assert_int_equal(r->opened, 0);
	assert_true(r->n > 5 && r->n <= KEPT);
	/* all that reassembly counted, handshake and bare acknowledgements among them */
	assert_int_equal(r->n, u.session->tcp.packets[0] + u.session->tcp.packets[1]);
	assert_true(expect_part_of(r, "captures/normal.pcap") > r->n);
	run_free(r);
	desk_free(&d);
	world_close(&w);
}

static void
test_one_session(void **state)
{
	(void)state;
	one_session(false);
}

static void
test_what_came_once(void **state)
{
	(void)state;
	one_session(true);
}

/* Of messages the whole session, once; several files and a compressed one have the same numbers again. */
static void
test_several_inputs(void **state)
{
	struct desk *d = desk_new();
	struct world w;
	struct run *r;
	struct unit u;
	uint32_t items[2] = { NO_ITEM };

	(void)state;
	world_open(&w, "captures/normal.pcap", "captures/200-messages.pcap.gz", false);
	for (uint64_t number = 1; items[0] == NO_ITEM; number++) {
		uint32_t item = model_find(w.model, number);

		assert_true(model_read(w.model, item, d, &u));
		if (u.session->messages == 1)
			items[0] = item;
	}
	items[1] = model_item(w.model, items[0])->next;
	assert_int_not_equal(items[1], NO_ITEM);
	expect_saved(&w, items, 2);
	r = read_saved();
	assert_true(r->n > 5 && r->n <= KEPT);
	assert_int_equal(r->n, u.session->tcp.packets[0] + u.session->tcp.packets[1]);
	expect_part_of(r, "captures/normal.pcap");
	run_free(r);
	desk_free(&d);
	world_close(&w);
}

/* Attempts have no session: their packets are found by who spoke to whom when. */
static void
test_attempts(void **state)
{
	struct world w;
	size_t attempts = 0;

	(void)state;
	world_open(&w, "captures/tour.pcapng", NULL, false);
	for (uint32_t i = 0; i < model_end(w.model); i++) {
		struct run *r;

		if (model_item(w.model, i)->kind != ITEM_ATTEMPT)
			continue;
		expect_saved(&w, &i, 1);
		r = read_saved();
		assert_true(r->n > 0 && r->n < 10);
		expect_part_of(r, "captures/tour.pcapng");
		run_free(r);
		unlink(file);
		attempts++;
	}
	assert_int_equal(attempts, 2);
	world_close(&w);
}

/* Keys go along, and then it is a pcapng, whatever it is called. */
static void
test_keys(void **state)
{
	struct world w;
	struct run *r;
	uint32_t item;

	(void)state;
	world_open(&w, "captures/tour.pcapng", NULL, false);
	item = model_find(w.model, 3);
	expect_saved(&w, &item, 1);
	r = read_saved();
	assert_true(strlen(r->secrets) > 0);
	assert_true(r->n > 0);
	run_free(r);
	world_close(&w);
}

static void
test_refusals(void **state)
{
	struct world w;
	struct buf said;
	uint32_t item, none = 12345;
	FILE *f;

	(void)state;
	buf_init(&said, KiB);
	world_open(&w, "captures/normal.pcap", NULL, false);
	item = model_find(w.model, 1);
	assert_int_equal(save(&w, &none, 1, &said), -1);		/* forgotten */
	assert_true(said.n > 0);
	buf_clear(&said);
	f = fopen(file, "w");
	fclose(f);
	assert_int_equal(save(&w, &item, 1, &said), -1);		/* there is a file */
	assert_true(said.n > 0);
	unlink(file);
	buf_fini(&said);
	world_close(&w);
}

/* Given up half-way: nothing is left. */
static void
test_stop(void **state)
{
	struct world w;
	struct buf said;
	struct packets *p;
	uint32_t item;
	unsigned percent;

	(void)state;
	buf_init(&said, KiB);
	world_open(&w, "captures/200-messages.pcap.gz", NULL, false);
	item = model_find(w.model, 1);
	p = packets_new(&(struct packets_options){ &w.options, NULL, w.model, &item, 1, file }, &said);
	for (int i = 0; i < 70; i++)
		assert_int_equal(packets_work(&p, 0, &percent, &said), 1);
	packets_stop(&p);
	assert_null(p);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(mkdir(folder, 0700), 0);
	buf_fini(&said);
	world_close(&w);
}

static int
make_folder(void **state)
{
	(void)state;
	snprintf(file, sizeof file, "%s/saved.pcap", mkdtemp(folder));
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_session),
		cmocka_unit_test(test_what_came_once),
		cmocka_unit_test(test_several_inputs),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_stop),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
