/** Repositories of one region's ECR that hold copies of images which their project publishes on Docker Hub alone. */
export interface ImageMirror {
  /** Host of the registry. */
  readonly registry: string;
  /** What the names of the copies' repositories begin with; the name on Docker Hub follows. */
  readonly prefix: string;
}

/**
 * The mirror of a region. Docker Hub allows 100 anonymous pulls in 6 hours and address, and all nodes of a region pull from
 * the address of its NAT gateway (docs.docker.com/docker-hub/usage/pulls, read 2026-11-29).
 */
export const imageMirror = (accountId: string, region: string, organisation: string): ImageMirror => ({
  registry: `${accountId}.dkr.ecr.${region}.amazonaws.com`,
  prefix: `${organisation}/docker-hub`,
});

/** Whether a repository holds copies of the mirror, not images of an application. */
export const isMirrored = (repository: string): boolean => repository.includes("/docker-hub/");

/** The mirror of the render that a chart's lock is made from. */
export const exampleMirror = imageMirror("111122223333", "us-east-1", "example");

const EXAMPLE_REPOSITORY = `${exampleMirror.registry}/${exampleMirror.prefix}/`;

/** An image on Docker Hub that a chart takes from the mirror. */
export interface MirroredImage {
  /** Such as `grafana/grafana`. */
  readonly name: string;
  readonly tag: string;
}

/** Images of a lock that were rendered with the example's mirror. */
export const mirroredImages = (rendered: readonly string[]): readonly MirroredImage[] =>
  rendered.flatMap((image) => {
    const [name, tag] = image.startsWith(EXAMPLE_REPOSITORY)
      ? image.slice(EXAMPLE_REPOSITORY.length).split(":")
      : [undefined, undefined];
    return name === undefined || tag === undefined ? [] : [{ name, tag }];
  });
