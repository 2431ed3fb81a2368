#include "solver/checkpoint.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>

#include "nusselt_version.hpp"
#include "solver/write_atomically.hpp"

namespace nusselt {

namespace {

constexpr const char* format_name = "nusselt checkpoint";
constexpr int format_version = 3;
constexpr std::size_t kept_checkpoints = 2;
const std::string optimizer_prefix = "optimizer.";
const std::string balancing_prefix = "balancing.";
constexpr const char* solved_name = "solved windows";
constexpr const char* looks_name = "diagnostics";
constexpr const char* looked_at_name = "diagnostics.parameters";
const std::string file_prefix = "step_";
const std::string file_suffix = ".safetensors";

TensorData pack(const std::string& name, const torch::Tensor& tensor) {
  const torch::Tensor host = tensor.detach().to(at::kCPU).contiguous();
  const std::vector<std::int64_t> shape = host.sizes().vec();
  const auto count = static_cast<std::size_t>(host.numel());
  if (host.scalar_type() == at::kFloat) return TensorData::of<float>(name, shape, {host.data_ptr<float>(), count});
  if (host.scalar_type() == at::kDouble) return TensorData::of<double>(name, shape, {host.data_ptr<double>(), count});
  throw std::logic_error("a checkpoint holds float32 and float64 tensors only: " + name);
}

torch::Tensor unpack(const TensorData& data) {
  torch::Tensor tensor = at::empty(data.shape, data.type == TensorType::f32 ? at::kFloat : at::kDouble);
  if (static_cast<std::size_t>(tensor.nbytes()) != data.bytes.size()) {
    throw CheckpointError("the array " + data.name + " has the type " + to_string(data.type) + ", expected F32 or F64");
  }
  std::copy(data.bytes.begin(), data.bytes.end(), static_cast<std::byte*>(tensor.data_ptr()));
  return tensor;
}

TensorData pack(const std::string& name, const std::vector<double>& values) {
  return TensorData::of<double>(name, {static_cast<std::int64_t>(values.size())}, values);
}

/// The history as one table: the numbers of each step, how many of each list follow, and the lists.
std::vector<double> flatten(const HistoryRow& row) {
  std::vector<double> flat = {static_cast<double>(row.step),
                              static_cast<double>(row.iterations),
                              row.spent.wall,
                              row.spent.cpu,
                              row.loss,
                              row.damping,
                              row.length,
                              static_cast<double>(row.rung),
                              static_cast<double>(row.train_rms.size()),
                              static_cast<double>(row.quantities.size()),
                              static_cast<double>(row.errors.size())};
  flat.insert(flat.end(), row.weights.begin(), row.weights.end());
  flat.insert(flat.end(), row.train_rms.begin(), row.train_rms.end());
  flat.insert(flat.end(), row.held_out_rms.begin(), row.held_out_rms.end());
  flat.insert(flat.end(), row.quantities.begin(), row.quantities.end());
  flat.insert(flat.end(), row.errors.begin(), row.errors.end());
  return flat;
}

std::vector<HistoryRow> unflatten(const std::vector<double>& flat, std::size_t residuals) {
  std::vector<HistoryRow> history;
  std::size_t at = 0;
  const auto take = [&](std::size_t count) {
    if (at + count > flat.size()) throw CheckpointError("the history ends in the middle of a row");
    std::vector<double> part(flat.begin() + static_cast<std::ptrdiff_t>(at),
                             flat.begin() + static_cast<std::ptrdiff_t>(at + count));
    at += count;
    return part;
  };
  while (at < flat.size()) {
    const std::vector<double> head = take(11);
    HistoryRow row;
    row.step = static_cast<int>(head[0]);
    row.iterations = static_cast<std::int64_t>(head[1]);
    row.spent = {head[2], head[3]};
    row.loss = head[4];
    row.damping = head[5];
    row.length = head[6];
    row.rung = static_cast<int>(head[7]);
    row.weights = take(residuals);
    const auto evaluated = static_cast<std::size_t>(head[8]);
    if (evaluated != 0 && evaluated != residuals) throw CheckpointError("a row of the history has a wrong length");
    row.train_rms = take(evaluated);
    row.held_out_rms = take(evaluated);
    row.quantities = take(static_cast<std::size_t>(head[9]));
    row.errors = take(static_cast<std::size_t>(head[10]));
    history.push_back(std::move(row));
  }
  return history;
}

std::string text_of(const std::vector<Event>& events) {
  nlohmann::json list = nlohmann::json::array();
  for (const Event& event : events) list.push_back({event.step, event.text});
  return list.dump();
}

std::vector<Event> events_of(const std::string& text) {
  std::vector<Event> events;
  try {
    for (const nlohmann::json& event : nlohmann::json::parse(text)) {
      events.push_back({event.at(0).get<int>(), event.at(1).get<std::string>()});
    }
  } catch (const nlohmann::json::exception& error) {
    throw CheckpointError(std::string("its events cannot be read: ") + error.what());
  }
  return events;
}

const std::string& metadata(const Safetensors& file, const std::string& key) {
  const auto found = file.metadata.find(key);
  if (found == file.metadata.end()) throw CheckpointError("this is no checkpoint of Nusselt: it lacks '" + key + "'");
  return found->second;
}

double metadata_number(const Safetensors& file, const std::string& key) {
  const std::string& text = metadata(file, key);
  std::size_t read = 0;
  try {
    const double value = std::stod(text, &read);
    if (read == text.size()) return value;
  } catch (const std::logic_error&) {  // std::invalid_argument or std::out_of_range: said below
  }
  throw CheckpointError("this is no checkpoint of Nusselt: its '" + key + "' is '" + text + "', not a number");
}

std::vector<std::filesystem::path> newest_first(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (!std::filesystem::is_directory(folder)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(file_prefix) && name.ends_with(file_suffix)) files.push_back(entry.path());
  }
  std::sort(files.rbegin(), files.rend());  // the number has a fixed width
  return files;
}

}  // namespace

std::string checkpoint_bytes(const Checkpoint& checkpoint) {
  const TrainerState& state = checkpoint.state;
  Safetensors file;
  file.tensors.push_back(pack("theta", state.theta));
  for (const auto& [name, tensor] : state.optimizer) file.tensors.push_back(pack(optimizer_prefix + name, tensor));
  if (!state.solved.empty()) file.tensors.push_back(pack(solved_name, at::stack(state.solved)));
  file.tensors.push_back(pack("conditioning", state.conditioning));
  for (const auto& [name, tensor] : state.balancing) file.tensors.push_back(pack(balancing_prefix + name, tensor));
  file.tensors.push_back(pack(
      "counters", std::vector<double>{static_cast<double>(state.step), static_cast<double>(state.passed_in_a_row),
                                      static_cast<double>(state.rejected_in_a_row), static_cast<double>(state.rung),
                                      static_cast<double>(state.first_step), static_cast<double>(state.iteration),
                                      static_cast<double>(state.iterations), state.spent.wall, state.spent.cpu}));
  file.tensors.push_back(
      pack("points",
           std::vector<double>{static_cast<double>(state.points.draw), static_cast<double>(state.points.drawn_at),
                               static_cast<double>(state.points.doublings), state.points.scattered ? 1.0 : 0.0,
                               state.points.redrawn ? 1.0 : 0.0, state.points.fresh ? 1.0 : 0.0,
                               state.points.kept ? 1.0 : 0.0, static_cast<double>(state.points.adapted.dimensions)}));
  file.tensors.push_back(pack("points.adapted", state.points.adapted.x));
  file.tensors.push_back(pack("points.adapted_weights", state.points.adapted.weights));
  if (const StatisticsState& statistics = state.statistics; statistics.training.defined()) {
    file.tensors.push_back(pack("statistics.training", statistics.training));
    file.tensors.push_back(pack("statistics.running", statistics.running));
    file.tensors.push_back(pack("statistics.counters", std::vector<double>{static_cast<double>(statistics.stale),
                                                                           statistics.rejected ? 1.0 : 0.0}));
  }
  std::vector<double> history;
  std::size_t residuals = 0;
  for (const HistoryRow& row : state.history) {
    const std::vector<double> flat = flatten(row);
    history.insert(history.end(), flat.begin(), flat.end());
    residuals = row.weights.size();
  }
  file.tensors.push_back(pack("history", history));
  if (const DiagnosticsState& looks = state.diagnostics; !looks.rows.empty()) {
    const auto columns = static_cast<std::int64_t>(looks.rows.front().size());
    std::vector<double> table;
    for (const std::vector<double>& row : looks.rows) table.insert(table.end(), row.begin(), row.end());
    file.tensors.push_back(
        TensorData::of<double>(looks_name, {static_cast<std::int64_t>(looks.rows.size()), columns}, table));
    file.tensors.push_back(pack(looked_at_name, looks.all));
  }
  const RunIdentity& identity = checkpoint.identity;
  file.metadata = {{"format", format_name},
                   {"format_version", std::to_string(format_version)},
                   {"nusselt_version", version},
                   {"residuals", std::to_string(residuals)},
                   {"case_text", identity.case_text},
                   {"overrides", identity.overrides},
                   {"case_path", identity.case_path},
                   {"device", identity.device},
                   {"engine", identity.execution.engine.name},
                   {"instructions", identity.execution.engine.instructions},
                   {"engine_reason", identity.execution.engine.reason},
                   {"threads", std::to_string(identity.execution.threads)},
                   {"threads_measured", identity.execution.measured},
                   {"events", text_of(state.events)},
                   {"origin", identity.origin}};
  return safetensors_bytes(file);
}

namespace {

Execution execution_of(const Safetensors& file) {
  return {{metadata(file, "engine"), metadata(file, "instructions"), metadata(file, "engine_reason")},
          static_cast<int>(metadata_number(file, "threads")),
          metadata(file, "threads_measured")};
}

Checkpoint unpack(const Safetensors& file) {
  if (metadata(file, "format") != format_name) {
    throw CheckpointError("this is no checkpoint of Nusselt but '" + metadata(file, "format") + "'");
  }
  const int written_by = static_cast<int>(metadata_number(file, "format_version"));
  if (written_by != format_version) {
    throw CheckpointError("format version " + std::to_string(written_by) + " is " +
                          (written_by > format_version ? "newer" : "older") + " than this program's " +
                          std::to_string(format_version) + " (nusselt " + version +
                          "); use the version that wrote it: " + metadata(file, "nusselt_version"));
  }
  Checkpoint checkpoint;
  TrainerState& state = checkpoint.state;
  state.theta = unpack(file.at("theta"));
  for (const TensorData& tensor : file.tensors) {
    if (tensor.name.starts_with(optimizer_prefix)) {
      state.optimizer[tensor.name.substr(optimizer_prefix.size())] = unpack(tensor);
    }
    if (tensor.name.starts_with(balancing_prefix)) {
      state.balancing[tensor.name.substr(balancing_prefix.size())] = unpack(tensor);
    }
    if (tensor.name == solved_name) state.solved = unpack(tensor).unbind();
    if (tensor.name == "statistics.training") state.statistics.training = unpack(tensor);
    if (tensor.name == "statistics.running") state.statistics.running = unpack(tensor);
    if (tensor.name == "statistics.counters") {
      const std::vector<double> counters = tensor.values<double>();
      if (counters.size() != 2) throw CheckpointError("the counters of the statistics are incomplete");
      state.statistics.stale = static_cast<std::int64_t>(counters[0]);
      state.statistics.rejected = counters[1] != 0;
    }
  }
  state.conditioning = file.at("conditioning").values<double>();
  const std::vector<double> counters = file.at("counters").values<double>();
  if (counters.size() != 9) throw CheckpointError("the counters are incomplete");
  state.step = static_cast<int>(counters[0]);
  state.passed_in_a_row = static_cast<int>(counters[1]);
  state.rejected_in_a_row = static_cast<int>(counters[2]);
  state.rung = static_cast<int>(counters[3]);
  state.first_step = static_cast<int>(counters[4]);
  state.iteration = static_cast<int>(counters[5]);
  state.iterations = static_cast<std::int64_t>(counters[6]);
  state.spent = {counters[7], counters[8]};
  const std::vector<double> points = file.at("points").values<double>();
  if (points.size() != 8) throw CheckpointError("the state of the points is incomplete");
  state.points = {static_cast<int>(points[0]),
                  static_cast<int>(points[1]),
                  static_cast<int>(points[2]),
                  points[3] != 0,
                  points[4] != 0,
                  points[5] != 0,
                  points[6] != 0,
                  PointSet{static_cast<int>(points[7]), file.at("points.adapted").values<double>(),
                           file.at("points.adapted_weights").values<double>()}};
  const PointSet& adapted = state.points.adapted;
  if (adapted.x.size() != adapted.weights.size() * static_cast<std::size_t>(adapted.dimensions)) {
    throw CheckpointError("the adapted points and their weights do not agree");
  }
  state.events = events_of(metadata(file, "events"));
  state.history =
      unflatten(file.at("history").values<double>(), static_cast<std::size_t>(metadata_number(file, "residuals")));
  for (const TensorData& tensor : file.tensors) {
    if (tensor.name == looked_at_name) state.diagnostics.all = unpack(tensor);
    if (tensor.name != looks_name || tensor.shape.size() != 2) continue;
    const std::vector<double> table = tensor.values<double>();
    for (auto row = table.begin(); row != table.end(); row += tensor.shape[1]) {
      state.diagnostics.rows.emplace_back(row, row + tensor.shape[1]);
    }
  }
  checkpoint.identity = {metadata(file, "case_text"), metadata(file, "overrides"), metadata(file, "case_path"),
                         metadata(file, "device"),    execution_of(file),          metadata(file, "origin")};
  return checkpoint;
}

}  // namespace

Checkpoint checkpoint_of(const Safetensors& file, const std::string& file_name) {
  try {
    return unpack(file);
  } catch (const CheckpointError& error) {
    throw CheckpointError(file_name + ": " + error.what());
  }
}

void save_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint) {
  char number[24];
  std::snprintf(number, sizeof number, "%010d", checkpoint.state.step);
  const std::filesystem::path written = folder / (file_prefix + number + file_suffix);
  write_atomically(written, checkpoint_bytes(checkpoint));
  // A later step than this one is a damaged file that the run went back behind: it must not outlive good ones.
  std::size_t kept = 0;
  for (const std::filesystem::path& file : newest_first(folder)) {
    if (file > written || ++kept > kept_checkpoints) std::filesystem::remove(file);
  }
}

void remove_checkpoints(const std::filesystem::path& folder) {
  for (const std::filesystem::path& file : newest_first(folder)) std::filesystem::remove(file);
}

Checkpoint load_newest_checkpoint(const std::filesystem::path& folder, std::vector<std::string>& warnings) {
  for (const std::filesystem::path& file : newest_first(folder)) {
    try {
      return checkpoint_of(read_safetensors(file), file.string());
    } catch (const CheckpointError& error) {
      warnings.push_back(std::string(error.what()));
    }
  }
  std::string reasons;
  for (const std::string& warning : warnings) reasons += "\n  " + warning;
  throw CheckpointError(folder.string() + " holds no readable checkpoint" + reasons +
                        "\n  start again with `nusselt run`");
}

}  // namespace nusselt
