#!/usr/bin/env bash
# The launcher `nusselt`, alone: the tools it calls are small scripts that write down how they were called.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf -- "$place"' EXIT
repo="$place/a folder/nusselt"
tools=$place/tools
calls=$place/calls
mkdir -p "$tools" "$repo"/{nondim,physics,networks,solver/case,cmake,tests}
cp "$here/nusselt" "$repo/"
touch "$repo/CMakeLists.txt" "$repo/solver/case/main.cpp" "$repo/tests/some_test.cpp"
unset NUSSELT_TORCH NUSSELT_TORCH_ROOT CUDA_HOME CMAKE_BUILD_PARALLEL_LEVEL
export place calls PATH="$tools:/usr/bin:/bin"

tool() {  # tool NAME: its body from stdin, after a line that records the call
  { printf '#!/usr/bin/env bash\necho "%s $*" >>"$calls"\n' "$1" && cat; } >"$tools/$1"
  chmod +x "$tools/$1"
}
tool dpkg-query <<'X'
shift 2
for package; do grep -qxF "$package" "$place/absent" || echo "installed $package"; done
[[ ! -s $place/absent ]]
X
tool apt-get <<'X'
case $* in
  update) : >"$place/lists" ;;
  *-s*) [[ -e $place/lists ]] ;;
  *) : >"$place/absent" ;;
esac
X
tool sudo <<'X'
[[ -e $place/sudo_works ]] || exit 1
[[ $1 == -n ]] && shift
exec "$@"
X
tool id <<'X'
cat "$place/uid"
X
tool cmake <<'X'
[[ ! -e $place/cmake_fails ]] || { echo "CMake Error: no such library" >&2; exit 1; }
while (($#)); do [[ $1 == -B ]] && build=$2; shift; done
touch "$build/build.ninja"
X
tool ninja <<'X'
printf '\x1f1\x1f2\x1f0.5\x1fBuilding CXX object CMakeFiles/nondim.dir/nondim/a.cpp.o\n'
[[ ! -e $place/ninja_fails ]] || { echo "a.cpp:1:1: error: no"; exit 1; }
printf '#!/usr/bin/env bash\nprintf "<%%s>" "$@"\nexit 10\n' >"$2/nusselt"
chmod +x "$2/nusselt"
X
tool ctest <<'X'
mkdir -p "$2/Testing/Temporary"
printf 'a.cpp:3: Skipped\nno CUDA device here\n' >"$2/Testing/Temporary/LastTest.log"
echo '100% tests passed, 0 tests failed out of 2'
X
tool flock </dev/null
tool python3 <<'X'
while (($#)); do [[ $1 == --target ]] && target=$2; shift; done
mkdir -p "$target/torch/lib"
touch "$target/torch/lib/libtorch_cpu.so"
X
tool ldd <<'X'
[[ -e $place/no_toolkit ]] && printf '\tlibcublas.so.13 => not found\n\tlibnccl.so.2 => not found\n' && rm "$place/no_toolkit"
exit 0
X

failures=0
complain() { echo "FAILED $test: $*"; failures=$((failures + 1)); }
launch() {  # runs the launcher with a fresh record of calls; sets status, out, err
  : >"$calls"
  status=0
  (cd "$place" && "$repo/nusselt" "$@" </dev/null >"$place/out" 2>"$place/err") || status=$?
  out=$(<"$place/out") err=$(<"$place/err")
}
expect_status() { [[ $status == "$1" ]] || complain "exit code $status instead of $1; it said: $err"; }
expect_in() { [[ $1 == *"$2"* ]] || complain "'$2' is not in: $1"; }
expect_call() { grep -qF -- "$1" "$calls" || complain "no call '$1' in: $(<"$calls")"; }
expect_no_call() { ! grep -q -- "^$1" "$calls" || complain "there is a call '$1' in: $(<"$calls")"; }

test="help before anything is built installs nothing"
printf 'libtorch-dev\n' >"$place/absent"
echo 1000 >"$place/uid"
for argument in '' --help; do
  launch ${argument:+"$argument"}
  expect_status 0
  expect_in "$out" "./nusselt run cases/heated_cavity"
  [[ ! -s $calls ]] || complain "it called $(<"$calls")"
done

test="without root and sudo it says what to run"
printf 'libtorch-dev\ncmake\n' >"$place/absent"
launch run x
expect_status 69
expect_in "$err" "apt-get update && apt-get install -y --no-install-recommends cmake libtorch-dev"
expect_in "$err" "automatic differentiation"
expect_no_call apt-get

test="through sudo, with lists of packages that are absent"
touch "$place/sudo_works"
launch run x
expect_status 10
expect_call "sudo env DEBIAN_FRONTEND=noninteractive apt-get update"
expect_call "sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends cmake libtorch-dev"
expect_call "-D NUSSELT_TORCH=system"
expect_call "nusselt nusselt-solver"
rm -r "$repo/build"

test="as root, with lists of packages that are there"
echo 0 >"$place/uid"
printf 'libtorch-dev\n' >"$place/absent"
launch check "a b" 'c*' ''
expect_status 10
expect_no_call "apt-get update"
expect_no_call sudo
expect_call "apt-get install -y --no-install-recommends libtorch-dev"
grep -q '^ninja.* nusselt$' "$calls" || complain "check needs the front end alone: $(<"$calls")"
[[ $out == "<check><a b><c*><>" ]] || complain "arguments became $out"

test="what is up to date is not touched"
launch check
[[ ! -s $calls ]] || complain "it called $(<"$calls")"
expect_status 10

test="a front end alone is not enough for a run"
launch run
expect_call ninja
launch check
[[ ! -s $calls ]] || complain "it called $(<"$calls")"

test="a newer source is built, and not configured again"
touch -d '+1 second' "$repo/solver/case/main.cpp"
launch run
expect_call ninja
expect_no_call cmake
touch -d '-1 hour' "$repo/solver/case/main.cpp"
launch run

test="a build that fails stops here and is tried again"
touch "$place/ninja_fails" "$repo/physics/new.cpp"
for _ in 1 2; do
  launch run
  expect_status 70
  expect_in "$err" "a.cpp:1:1: error: no"
  [[ -z $out ]] || complain "the program ran: $out"
done
rm "$place/ninja_fails"
launch run
expect_status 10

test="tests: all targets, ctest's arguments, what was skipped and the closing line last"
launch test -R jets
expect_status 0
expect_call "ninja -C $repo/build/system -j"
expect_call "ctest --test-dir $repo/build/system --output-on-failure -R jets"
expect_in "$out" "no CUDA device here"
[[ $(tail -n 1 <<<"$out") == "100% tests passed"* ]] || complain "last line: $(tail -n 1 <<<"$out")"

test="a folder that was moved is built afresh"
mkdir -p "$place/b"
mv "$repo" "$place/b/nusselt"
repo=$place/b/nusselt
echo "CMAKE_HOME_DIRECTORY:INTERNAL=$place/a folder/nusselt" >"$repo/build/system/CMakeCache.txt"
launch run
expect_in "$err" "starts afresh"
expect_call cmake

test="configuring that fails shows why"
rm -r "$repo/build"
touch "$place/cmake_fails"
launch run
expect_status 70
expect_in "$err" "CMake Error: no such library"
rm "$place/cmake_fails"

test="the wheel, fetched"
touch "$place/no_toolkit"
launch run --torch=wheel case
expect_status 10
expect_call "--no-deps torch==2.14.1"
expect_call "cuda-toolkit[cublas]==13.0.3 cuda-toolkit[cufile]==13.0.3 nvidia-cusparselt-cu13==0.8.1 nvidia-nccl-cu13==2.30.7"
expect_call "-D NUSSELT_TORCH=wheel -D NUSSELT_TORCH_ROOT=$repo/.torch-wheel"
[[ $out == "<run><case>" ]] || complain "arguments became $out"
launch --torch=wheel run
[[ ! -s $calls ]] || complain "the second time it called $(<"$calls")"

test="a wheel that is there already"
mkdir -p "$place/my site"
export NUSSELT_TORCH=wheel NUSSELT_TORCH_ROOT="$place/my site"
launch run
expect_status 10
expect_no_call python3
expect_call "NUSSELT_TORCH_ROOT=$place/my site"
NUSSELT_TORCH_ROOT=$place/nowhere
launch run
expect_status 69
expect_in "$err" "NUSSELT_TORCH_ROOT is $place/nowhere, and there is no such folder"
unset NUSSELT_TORCH NUSSELT_TORCH_ROOT

test="wrong use"
launch run --torch=conda
expect_status 64
expect_in "$err" "'conda' is no LibTorch it knows"
launch --torch wheel run
expect_status 64
expect_in "$err" "--torch=wheel"

((failures == 0)) && echo "launcher: all tests passed"
