#include "json_cut.h"

struct json_cut_list
json_cut_begin(struct json_records *w, enum json_cut kind, slice key)
{
	size_t begin = w->j.out.n;

	json_list(&w->j, key);
	return (struct json_cut_list){
		.kind = kind, .name = slice_take(slice_drop(key, 1), key.n - 3), .begin = begin, .start = w->j.out.n,
		.inner_before = w->inner, .inner = w->inner,
	};
}

/* What lists inside the element took was charged to those. */
bool
json_cut_goes_on(struct json_records *w, struct json_cut_list *l)
{
	size_t taken = w->j.out.n - l->start - (w->inner - l->inner);

	if (taken > w->room[l->kind]) {
		w->j.out.n = l->start;
		w->inner = l->inner;
		json_note_cut(&w->j, l->name);
		return false;
	}
	w->room[l->kind] -= taken;
	l->start = w->j.out.n;
	l->inner = w->inner;
	return true;
}

void
json_cut_end(struct json_records *w, struct json_cut_list *l)
{
	json_cut_goes_on(w, l);
	json_list_end(&w->j);
	w->inner = l->inner_before + (w->j.out.n - l->begin);
}
