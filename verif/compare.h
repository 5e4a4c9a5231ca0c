/* compare.h : the simulated core beside the model, value by value.
 * SPDX-License-Identifier: MIT
 */
#ifndef ENGRAM_VERIF_COMPARE_H
#define ENGRAM_VERIF_COMPARE_H

#include "device/sim_bus.h"
#include "model/model.h"
#include "net/plan.h"
#include "probes.h"

/* A stream of values inside the core, gathered over a step. Where steps overlap, a step's values
 * are in bank (its number) % 2: two steps at most are at work. */
struct stream {
  const struct core_probe *probe; /* a tensor, two's complement */
  struct sim_signal valid, index, value;
  size_t count;     /* values of the tensor */
  size_t a_step;    /* values that pass in an inference: each as often as it is read */
  size_t passed;    /* so far */
  int64_t *values;  /* [2][count] */
  uint64_t *cycles; /* [2][count]; when each was seen, 0: not in this step */
  bool shares;      /* values and cycles are those of the stream before, of the same tensor */
};

struct compare {
  const struct net *net;
  struct plan plan;
  struct model *model;    /* goes along, a step at a time; not owned */
  const struct job *jobs; /* of the run that is on */
  size_t job_count, next_job;

  struct probes probes; /* what there is in the core (gen/probes.h) */
  int stream_count;
  struct stream *stream;
  struct sim_signal *weights[NET_LAYERS_MAX]; /* a layer's memories (plan_weight_place) */
  struct sim_signal busy[NET_LAYERS_MAX][2];  /* cycles of work forward and backward, where counted
                                               */
  struct sim_signal random, started, ended;
  struct sim_signal memory, at, addend;       /* of engram_counters */
  struct sim_signal steps, pictures, correct; /* since their last visit, as all counts */
  struct sim_signal writes[NET_LAYERS_MAX][NET_TENSORS_MAX]; /* of weights in a training step, by */
  int write_parts[NET_LAYERS_MAX];                           /* the parts of a layer */
  struct weights before;                                     /* the step */
  struct sim_signal count[NET_COUNTERS_MAX][NET_LAYERS_MAX]; /* by net_counter */

  uint32_t late_expected[NET_COUNTERS_MAX][NET_LAYERS_MAX]; /* in the cycle late_due */
  uint64_t late_due;
  bool overlaps;                    /* steps: the core only infers */
  uint32_t steps_begun, steps_done; /* since the start */
  uint32_t run_begun;               /* in this run */
  uint64_t since[2];                /* the starts of those at work, by their numbers % 2 */
  uint32_t step_cycles;             /* of the last step */
  uint64_t idle_since;              /* the last step's end */
  uint64_t compared, mismatches;
  char first[256]; /* the earliest difference, for people */
  uint64_t first_cycle;
  uint32_t train_cycles, infer_cycles; /* the longest of each kind */
  uint32_t busy_cycles[2]; /* of a convolution's multipliers, forward and backward, so */
  uint32_t interval;       /* the longest from a start to the next one in a run */
  uint64_t longest_gap;    /* idle cycles between two steps of a run, the start's own not counted */
};

/* Finds everything that is compared in the core. Returns 0 or -1. Release with compare_free. */
int compare_new(struct compare *compare, struct sim_bus *bus, struct model *model,
                struct error *err);
void compare_free(struct compare *compare);

/* Whether the core trains on a picture: not where it only infers. */
bool compare_trains(const struct net *net, const struct job *job);

/* A run of jobs begins: the steps that follow are theirs, in order (refused pictures have none). */
void compare_begin(struct compare *compare, const struct job *jobs, size_t count);

/* For sim_bus.on_cycle, with the compare as context: gathers, and at a step's end lets the model do
 * the same step and compares. */
void compare_cycle(void *context, const struct sim_bus *bus);

/* Compares one value; index is -1 where there is none. */
void compare_value(struct compare *compare, const char *tensor, long index, int64_t expected,
                   int64_t got, uint64_t cycle);

/* True when every step that the run's jobs should have had was seen. */
bool compare_complete(const struct compare *compare);

#endif
