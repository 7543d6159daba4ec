import { line } from '../../domain/text.ts';
import { type DrawnHop, isQuiet, kindOf, type Route, type Side, type Way } from '../format.ts';
import { health, tame, text } from './text.ts';

/** A fenced drawing: inside a fence only the fence itself has to be kept out. */
export function drawWay(service: string, way: Way): string {
  const { dependency, before, after } = way;
  const states = [before, after].flatMap((side) => (side ? [text(health(side.status))] : []));
  const title = `**to ${text(dependency)}**: ${states.join(' → ')}`;
  if (isQuiet(way)) return title;
  const sides = [
    ...(before ? drawSide(service, dependency, after ? 'BEFORE' : 'AS FOUND', before) : []),
    ...(after ? ['', ...drawSide(service, dependency, before ? 'AFTER' : 'NOW', after)] : []),
  ];
  return [title, '', '```text', ...sides.map(tame), '```'].join('\n');
}

const drawSide = (service: string, dependency: string, title: string, side: Side): string[] => [
  `${title}  ${health(line(side.status))}`,
  ...side.routes.flatMap((route) => drawRoute(service, dependency, route)),
];

function drawRoute(service: string, dependency: string, route: Route): string[] {
  const { reached } = route;
  return [
    ...(route.subnets.length > 1 ? [`  ${route.subnets.length} subnets, the same path:`] : []),
    `  ● ${line(service)}`,
    ...route.hops.flatMap(drawHop),
    ...(route.endsEarly
      ? [
          `  ${reached ? '│' : '╎'}`,
          `  ${reached ? '●' : '○'} ${line(dependency)}  ${reached ? 'reached' : 'not reached'}`,
        ]
      : []),
  ];
}

function drawHop(hop: DrawnHop): string[] {
  const note = hop.breaks ? '  ◀── BROKEN HERE' : hop.note === '' ? '' : `  ${line(hop.note)}`;
  return [
    `  ${hop.beyond ? '╎' : '│'}`,
    `  ${hop.waiting ? '○' : hop.sign} ${line(kindOf(hop.kind))}  ${line(hop.id)}${note}`,
    `  ${hop.breaks || hop.beyond ? '╎' : '│'}   ${line(hop.because)}`,
  ];
}
