# nusselt_torch: LibTorch 2.x from the PyPI wheel `torch` (or an unpacked LibTorch archive) under NUSSELT_TORCH_ROOT.
#
# The wheel's own TorchConfig.cmake is passed by: with a CUDA wheel it asks for a CUDA toolkit with nvcc, which nothing
# here needs. So the libraries are imported by hand, and what they need is looked up before anything is compiled.
cmake_path(ABSOLUTE_PATH NUSSELT_TORCH_ROOT BASE_DIRECTORY ${PROJECT_SOURCE_DIR} NORMALIZE OUTPUT_VARIABLE torch_root)
if(EXISTS "${torch_root}/torch/lib/libtorch_cpu.so")
  set(torch_root "${torch_root}/torch")
endif()
set(torch_lib "${torch_root}/lib")
if(NOT NUSSELT_TORCH_ROOT OR NOT EXISTS "${torch_lib}/libtorch_cpu.so")
  message(FATAL_ERROR "NUSSELT_TORCH_ROOT is '${NUSSELT_TORCH_ROOT}', and there is no lib/libtorch_cpu.so in it or in "
                      "its folder 'torch'. Give the folder that `pip install --target FOLDER torch` filled, or let "
                      "`./nusselt --torch=wheel` fetch the wheel.")
endif()

# ---- version and ABI -------------------------------------------------------------------------------------------------
set(torch_version unknown)
if(EXISTS "${torch_root}/version.py")
  file(STRINGS "${torch_root}/version.py" torch_version REGEX "^__version__")
  string(REGEX REPLACE ".*'(.*)'.*" "\\1" torch_version "${torch_version}")
  file(STRINGS "${torch_root}/version.py" torch_cuda_version REGEX "^cuda.*= '")
  string(REGEX REPLACE ".*'(.*)'.*" "\\1" torch_cuda_version "${torch_cuda_version}")
elseif(EXISTS "${torch_root}/build-version")
  file(STRINGS "${torch_root}/build-version" torch_version LIMIT_COUNT 1)
endif()
if(NOT torch_version MATCHES "^2\\.")
  message(FATAL_ERROR "LibTorch in ${torch_root} is version '${torch_version}'; this lane takes 2.x. For Debian's 1.13 "
                      "use NUSSELT_TORCH=system.")
endif()
# Every function of c10 that takes a std::string has __cxx11 in its symbol when it was compiled with the current ABI.
file(STRINGS "${torch_lib}/libc10.so" new_abi REGEX "__cxx11" LIMIT_COUNT 1)
if(NOT new_abi)
  message(FATAL_ERROR "LibTorch ${torch_version} in ${torch_root} was compiled with _GLIBCXX_USE_CXX11_ABI=0 and cannot "
                      "be linked with this system's libraries. Wheels have the current ABI from 2.7 on; take "
                      "torch==2.14.1.")
endif()

# ---- what its libraries need -----------------------------------------------------------------------------------------
set(torch_libraries c10 torch_cpu)
if(EXISTS "${torch_lib}/libtorch_cuda.so")
  list(APPEND torch_libraries c10_cuda torch_cuda)
endif()
# nusselt_ask_loader(<library folders...>): sets `missing` to the sonames that the loader finds neither by itself nor in
# these folders, and `undefined` to the symbols that what it finds does not define.
function(nusselt_ask_loader)
  list(JOIN ARGN ":" folders)
  set(answer "")
  set(libraries ${torch_libraries})
  if(torch_cuda IN_LIST libraries)
    list(APPEND libraries torch_cuda_linalg)  # loaded on first use
  endif()
  foreach(library IN LISTS libraries)
    execute_process(COMMAND ${CMAKE_COMMAND} -E env LD_LIBRARY_PATH=${folders} LC_ALL=C
                            ldd -r "${torch_lib}/lib${library}.so" OUTPUT_VARIABLE out ERROR_VARIABLE err)
    string(APPEND answer "${out}${err}")
  endforeach()
  string(REGEX MATCHALL "[^ \t\n]+ => not found" missing "${answer}")
  list(TRANSFORM missing REPLACE " => not found" "")
  list(REMOVE_DUPLICATES missing)
  set(missing "${missing}" PARENT_SCOPE)
  string(REGEX MATCHALL "undefined symbol: [^ \t\n]+" undefined "${answer}")
  list(TRANSFORM undefined REPLACE "undefined symbol: " "")
  list(REMOVE_DUPLICATES undefined)
  set(undefined "${undefined}" PARENT_SCOPE)
endfunction()

file(GLOB torch_rpath "${torch_root}/../nvidia/*/lib")
list(TRANSFORM torch_rpath REPLACE "/torch/\\.\\./" "/")
list(PREPEND torch_rpath "${torch_lib}")
nusselt_ask_loader(${torch_rpath})
# A CUDA toolkit that the loader does not know may hold the rest; one that is not needed stays out of the rpath.
foreach(toolkit IN ITEMS "$ENV{CUDA_HOME}" "$ENV{CUDA_PATH}" /usr/local/cuda)
  foreach(folder IN ITEMS "${toolkit}/lib64" "${toolkit}/extras/CUPTI/lib64")
    if(missing AND toolkit AND IS_DIRECTORY "${folder}")
      set(missing_before "${missing}")
      nusselt_ask_loader(${torch_rpath} "${folder}")
      if(NOT missing STREQUAL missing_before)
        list(APPEND torch_rpath "${folder}")
      endif()
    endif()
  endforeach()
endforeach()
if(missing)
  list(JOIN missing " " missing)
  message(FATAL_ERROR "LibTorch ${torch_version} in ${torch_root} needs libraries that are not on this machine: "
                      "${missing}. They come in the nvidia-* packages of PyPI, installed into the same folder as torch: "
                      "`./nusselt --torch=wheel` does that in .torch-wheel/. Or take a LibTorch without CUDA.")
endif()

# A CUDA toolkit may hold an NCCL older than the wheel's. Several GPUs would need it; one GPU never calls it.
set(undefined_nccl ${undefined})
list(FILTER undefined_nccl INCLUDE REGEX "^p?nccl")
list(FILTER undefined EXCLUDE REGEX "^p?nccl")
if(undefined)
  list(JOIN undefined " " undefined)
  message(FATAL_ERROR "LibTorch ${torch_version} in ${torch_root} does not fit the libraries on this machine, which "
                      "lack: ${undefined}. Install the nvidia-* packages that this version of torch names into the same "
                      "folder.")
endif()
if(undefined_nccl)
  message(STATUS "LibTorch finds an NCCL that is too old for it; work on one GPU does not use it")
endif()

# ---- the target ------------------------------------------------------------------------------------------------------
foreach(library IN LISTS torch_libraries)
  add_library(wheel_${library} SHARED IMPORTED)
  set_target_properties(wheel_${library} PROPERTIES IMPORTED_LOCATION "${torch_lib}/lib${library}.so")
endforeach()
add_library(nusselt_torch INTERFACE)
# -isystem, so before /usr/include, where Debian's LibTorch may lie as well.
target_include_directories(nusselt_torch SYSTEM BEFORE INTERFACE "${torch_root}/include/torch/csrc/api/include"
                           "${torch_root}/include")
# The wheel brings headers of an fmt newer than the system's library.
target_compile_definitions(nusselt_torch INTERFACE FMT_HEADER_ONLY)
target_link_libraries(nusselt_torch INTERFACE wheel_torch_cpu wheel_c10)
if(TARGET wheel_torch_cuda)
  # Nothing refers to libtorch_cuda; it registers the CUDA backend when it is loaded.
  set(CMAKE_CXX_LINK_LIBRARY_USING_as_needed_off_SUPPORTED TRUE)
  set(CMAKE_CXX_LINK_LIBRARY_USING_as_needed_off "LINKER:--push-state,--no-as-needed" "<LINK_ITEM>"
      "LINKER:--pop-state")
  target_link_libraries(nusselt_torch INTERFACE $<LINK_LIBRARY:as_needed_off,wheel_c10_cuda,wheel_torch_cuda>)
endif()
# DT_RPATH, not DT_RUNPATH: only that also serves what the libraries need in turn.
target_link_options(nusselt_torch INTERFACE LINKER:--disable-new-dtags)
if(undefined_nccl)
  target_link_options(nusselt_torch INTERFACE LINKER:--allow-shlib-undefined)
endif()
foreach(folder IN LISTS torch_rpath)
  target_link_options(nusselt_torch INTERFACE "LINKER:-rpath,${folder}")
endforeach()

set(torch_cuda "without CUDA")
if(TARGET wheel_torch_cuda)
  set(torch_cuda "with its CUDA library")
endif()
message(STATUS "LibTorch ${torch_version} ${torch_cuda}: ${torch_root}")
