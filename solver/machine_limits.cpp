#include "solver/machine_limits.hpp"

#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include "solver/device.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace nusselt {

namespace {

using Clock = std::chrono::steady_clock;

// Enough independent chains to hide the latency of an addition, few enough for sixteen registers.
constexpr int chains = 12;
constexpr std::int64_t rounds = 1 << 20;

/// What a burst computed, where the compiler cannot see that nobody reads it.
volatile double sink;

struct Burst {
  void (*run)();
  int lanes;
};

// Chains start at unlike numbers, or the compiler would compute one of them. The same loop three times: vector types
// and their operations belong to the instruction set of the function around.
template <class Vector, class Real>
void burst_portable() {
  Vector sum[chains];
#pragma GCC unroll 12
  for (int c = 0; c < chains; ++c) sum[c] = Vector{} + Real(0.01) * c;
  Vector factor, term;
  for (std::size_t lane = 0; lane < sizeof(Vector) / sizeof(Real); ++lane) {
    factor[lane] = Real(0.999);
    term[lane] = Real(0.001);
  }
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = sum[c] * factor + term;
  }
#pragma GCC unroll 12
  for (const Vector& one : sum) sink = static_cast<double>(one[0]);
}

using Floats = float __attribute__((vector_size(16)));
using Doubles = double __attribute__((vector_size(16)));

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void burst_avx2_float() {
  __m256 sum[chains];
#pragma GCC unroll 12
  for (int c = 0; c < chains; ++c) sum[c] = _mm256_set1_ps(0.01F * c);
  const __m256 factor = _mm256_set1_ps(0.999F), term = _mm256_set1_ps(0.001F);
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = _mm256_fmadd_ps(sum[c], factor, term);
  }
#pragma GCC unroll 12
  for (const __m256& one : sum) sink = _mm256_cvtss_f32(one);
}

__attribute__((target("avx2,fma"))) void burst_avx2_double() {
  __m256d sum[chains];
#pragma GCC unroll 12
  for (int c = 0; c < chains; ++c) sum[c] = _mm256_set1_pd(0.01 * c);
  const __m256d factor = _mm256_set1_pd(0.999), term = _mm256_set1_pd(0.001);
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = _mm256_fmadd_pd(sum[c], factor, term);
  }
#pragma GCC unroll 12
  for (const __m256d& one : sum) sink = _mm256_cvtsd_f64(one);
}

__attribute__((target("avx512f"))) void burst_avx512_float() {
  __m512 sum[chains];
#pragma GCC unroll 12
  for (int c = 0; c < chains; ++c) sum[c] = _mm512_set1_ps(0.01F * c);
  const __m512 factor = _mm512_set1_ps(0.999F), term = _mm512_set1_ps(0.001F);
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = _mm512_fmadd_ps(sum[c], factor, term);
  }
#pragma GCC unroll 12
  for (const __m512& one : sum) sink = _mm512_cvtss_f32(one);
}

__attribute__((target("avx512f"))) void burst_avx512_double() {
  __m512d sum[chains];
#pragma GCC unroll 12
  for (int c = 0; c < chains; ++c) sum[c] = _mm512_set1_pd(0.01 * c);
  const __m512d factor = _mm512_set1_pd(0.999), term = _mm512_set1_pd(0.001);
  for (std::int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) sum[c] = _mm512_fmadd_pd(sum[c], factor, term);
  }
#pragma GCC unroll 12
  for (const __m512d& one : sum) sink = _mm512_cvtsd_f64(one);
}
#endif

Burst burst_of(InstructionSet instructions, bool single) {
  switch (instructions) {
    case InstructionSet::portable:
      return single ? Burst{burst_portable<Floats, float>, 4} : Burst{burst_portable<Doubles, double>, 2};
#if defined(__x86_64__)
    case InstructionSet::avx2:
      return single ? Burst{burst_avx2_float, 8} : Burst{burst_avx2_double, 4};
    case InstructionSet::avx512:
      return single ? Burst{burst_avx512_float, 16} : Burst{burst_avx512_double, 8};
#else
    default:
      break;
#endif
  }
  throw std::invalid_argument(std::string("this build has no ") + name_of(instructions));
}

/// Seconds of the fastest of `repeats`: from the first thread's start to the last one's end.
double fastest(int threads, int repeats, const std::function<void(int)>& work) {
  std::vector<Clock::time_point> starts(threads), ends(threads);
  double best = 0;
  // What the last thread to arrive does before any goes on.
  const auto record = [&]() noexcept {
    const auto start = *std::min_element(starts.begin(), starts.end());
    const auto end = *std::max_element(ends.begin(), ends.end());
    const double seconds = std::chrono::duration<double>(end - start).count();
    best = best == 0 ? seconds : std::min(best, seconds);
  };
  std::barrier<> gate(threads);
  std::barrier finish(threads, record);
  const auto body = [&](int thread) {
    for (int i = 0; i < repeats; ++i) {
      gate.arrive_and_wait();
      starts[thread] = Clock::now();
      work(thread);
      ends[thread] = Clock::now();
      finish.arrive_and_wait();
    }
  };
  std::vector<std::jthread> others;
  for (int thread = 1; thread < threads; ++thread) others.emplace_back(body, thread);
  body(0);
  return best;
}

std::size_t numbers_beyond_cache() {
  constexpr std::size_t least = 32u << 20, most = 256u << 20;  // bytes
  const long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
  return std::clamp(2 * static_cast<std::size_t>(std::max(0L, cache)), least, most) / sizeof(double);
}

}  // namespace

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

PeakRate measure_peak(InstructionSet instructions, const std::string& precision, int threads, int bursts) {
  const Burst burst = burst_of(instructions, precision == "float32");
  const double seconds = fastest(threads, bursts, [&](int) { burst.run(); });
  return {instructions, precision, threads, 2.0 * chains * rounds * burst.lanes * threads / seconds};
}

double measure_bandwidth(int threads, std::size_t numbers, int sweeps) {
  const auto allocate = [&] { return std::make_unique_for_overwrite<Doubles[]>(numbers / 2); };
  const auto a = allocate(), b = allocate(), c = allocate();
  const std::size_t pairs = numbers / 2;
  const auto part = [&](int thread) {
    return pairs * static_cast<std::size_t>(thread) / static_cast<std::size_t>(threads);
  };
  // First touched by the thread that uses it: that is where its pages lie.
  fastest(threads, 1, [&](int thread) {
    for (std::size_t i = part(thread); i < part(thread + 1); ++i) {
      a[i] = Doubles{0, 0};
      b[i] = Doubles{1, 1};
      c[i] = Doubles{2, 2};
    }
  });
  const Doubles factor{3, 3};
  const double seconds = fastest(threads, sweeps, [&](int thread) {
    for (std::size_t i = part(thread); i < part(thread + 1); ++i) a[i] = b[i] + factor * c[i];
  });
  sink = a[pairs - 1][1];
  return 3.0 * sizeof(double) * 2 * static_cast<double>(pairs) / seconds;
}

MachineLimits measure_machine(int threads) {
  constexpr int bursts = 20;
  constexpr int sweeps = 5;
  MachineLimits limits{processor_name(), resolve_threads(0), {}, 0, 0};
  for (int count : {1, threads}) {
    if (count == 1 && !limits.peaks.empty()) break;
    for (InstructionSet instructions : available_instruction_sets()) {
      for (const char* precision : {"float32", "float64"}) {
        limits.peaks.push_back(measure_peak(instructions, precision, count, bursts));
      }
    }
  }
  const std::size_t numbers = numbers_beyond_cache();
  limits.bandwidth_one_thread = measure_bandwidth(1, numbers, sweeps);
  limits.bandwidth = threads == 1 ? limits.bandwidth_one_thread : measure_bandwidth(threads, numbers, sweeps);
  return limits;
}

double MachineLimits::peak(const std::string& precision, int threads) const {
  double best = 0;
  for (const PeakRate& rate : peaks) {
    if (rate.precision == precision && rate.threads == threads) best = std::max(best, rate.flops);
  }
  if (best == 0) throw std::out_of_range("the peak of " + std::to_string(threads) + " threads was not measured");
  return best;
}

}  // namespace nusselt
