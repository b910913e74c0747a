// What belongs to a run's directory, by name: the one list of it. Plain values; any thread.
#pragma once

#include <array>
#include <string>

namespace retort::engine {

// Beside the views (finetuning_data.jsonl, ...), unless output.path puts those elsewhere.
struct run_directory {
  std::string path;

  // What shaped the answers and the views (engine/directory/run_directory.hpp).
  std::string manifest() const { return path + "/manifest.json"; }
  // See io/ledger/ledger_format.md and engine/sample/ledger_lines.md.
  std::string ledger() const { return path + "/ledger.jsonl"; }
  // What the run is and has come to (engine/directory/run_facts.hpp).
  std::string summary() const { return path + "/summary.json"; }
  // The dataset card (engine/directory/dataset_card.hpp).
  std::string card() const { return path + "/README.md"; }
  // What it has spent beyond its ledger (engine/directory/spending_note.hpp).
  std::string spending() const { return path + "/spending.json"; }
  // Which output files are this run's (engine/directory/output_book.hpp).
  std::string outputs() const { return path + "/outputs.json"; }
  // What it took over of runs that were divided otherwise (engine/directory/adoption.hpp).
  std::string adopted() const { return path + "/adopted.json"; }
  // What it is called among all who share its limits (engine/run/shared_quota.hpp).
  std::string shared_as() const { return path + "/shared_as"; }
  // A shard's: the config, for whoever puts the shards together (engine/shard/shards.md).
  std::string config() const { return path + "/config.yaml"; }
  // What whoever read its samples said of them (engine/look/marks.hpp).
  std::string marks() const { return path + "/marks.jsonl"; }
  // Of retort report.
  std::string report() const { return path + "/report.html"; }
  // What is away in mode: batch (engine/batch/batch_file.hpp).
  std::string batches() const { return path + "/batches"; }
  // Each a run directory without cards and views (engine/shard/shards.md).
  std::string shards() const { return path + "/shards"; }
  // What the cluster's jobs print: the logs of retort submit.
  std::string jobs() const { return path + "/jobs"; }

  // All of those: no output may be called so.
  auto own() const {
    return std::array{manifest(),  ledger(), summary(), card(),   spending(), outputs(), adopted(),
                      shared_as(), config(), marks(),   report(), batches(),  shards(),  jobs()};
  }
};

}  // namespace retort::engine
